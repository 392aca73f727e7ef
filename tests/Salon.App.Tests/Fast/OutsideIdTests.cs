using System.Globalization;
using System.Text;
using Salon.App.Chat.Cluster;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>How nodes count what other programs say.</summary>
[Trait("Stage", "fast")]
public class OutsideIdTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly OutsideIds _ids;

    public OutsideIdTests() => _ids = new OutsideIds(_time);

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(60)]
    public void What_is_said_again_and_again_never_has_the_name_that_it_had(int seconds)
    {
        var seen = new HashSet<OutsideId>();

        for (var i = 0; i < 1000; i++)
        {
            Assert.True(seen.Add(Next("again")), $"the {i}th time");
            _time.Advance(TimeSpan.FromSeconds(seconds));
        }
    }

    [Fact]
    public void Each_content_is_counted_for_itself_and_every_node_counts_alike()
    {
        var other = new OutsideIds(_time);

        Assert.Equal([1L, 1, 2, 2, 3], new[] { "a", "b", "a", "b", "a" }.Select(text => Next(text).Number));
        Assert.NotEqual(Next("c").Hash, Next("d").Hash);
        Assert.Equal(Next("e"), other.Next("e"u8));
    }

    [Fact]
    public void A_count_ends_a_minute_after_it_was_heard_last()
    {
        Next("a");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(2, Next("a").Number);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(3, Next("a").Number);
        _time.Advance(TimeSpan.FromSeconds(60.001));
        Assert.Equal(1, Next("a").Number);
    }

    [Fact]
    public void A_node_that_learns_its_number_goes_on_from_there_until_it_is_forgotten()
    {
        var id = Next("a");

        _ids.Correct(id with { Number = 57 });

        Assert.Equal(58, Next("a").Number);
        _time.Advance(TimeSpan.FromSeconds(61));
        _ids.Correct(id with { Number = 70 });
        Assert.Equal(71, Next("a").Number);
    }

    [Fact]
    public void Of_very_many_those_are_forgotten_that_were_heard_longest_ago()
    {
        Next("kept");
        Next("forgotten");

        for (var i = 0; i < 9_998; i++)
        {
            Next(i.ToString(CultureInfo.InvariantCulture));
            Next("kept");
        }

        Assert.Equal(10_000, Next("kept").Number);
        Next("one more");
        Assert.Equal(1, Next("forgotten").Number);
        Assert.Equal(10_001, Next("kept").Number);
    }

    private OutsideId Next(string text) => _ids.Next(Encoding.UTF8.GetBytes(text));
}
