using Salon.SocketIO.Redis.Flask;
using Salon.SocketIO.Redis.Streams;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>How far a stream was read, and what of it Redis may have forgotten. No Redis.</summary>
[Trait("Stage", "fast")]
public class StreamStateTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly StreamPlace _place;
    private readonly WrittenMessages _written;

    public StreamStateTests() => (_place, _written) = (new StreamPlace(_time), new WrittenMessages(_time));

    [Theory]
    [InlineData("5-1", "5-1", true)]
    [InlineData("5-1", "5-2", true)]
    [InlineData("5-2", "5-1", false)]
    [InlineData("9-9", "10-0", true)]
    [InlineData("10-0", "9-99", false)]
    [InlineData("5", "5-0", true)]
    [InlineData("18446744073709551615-18446744073709551615", "18446744073709551615-18446744073709551615", true)]
    public void Ids_are_numbers_and_not_text(string id, string other, bool isUpTo) => Assert.Equal(isUpTo, StreamPlace.IsUpTo(id, other));

    [Fact]
    public async Task Who_waits_goes_on_once_reading_has_come_so_far_in_whatever_order_they_wait()
    {
        Assert.Null(_place.Id);
        var (late, soon) = (_place.WaitForAsync("10-0"), _place.WaitForAsync("9-5"));

        _place.MoveTo("9-4");
        Assert.False(soon.IsCompleted);
        _place.MoveTo("9-6");
        Assert.True(await soon.Soon());
        Assert.False(late.IsCompleted);
        _place.MoveTo("11-0");
        Assert.True(await late.Soon());
        Assert.True(await _place.WaitForAsync("10-7"));
        Assert.Equal("11-0", _place.Id);
    }

    [Fact]
    public async Task Who_waits_too_long_is_told_so_and_harms_nobody_later()
    {
        var (given, other) = (_place.WaitForAsync("5-0"), _place.WaitForAsync("6-0"));

        _time.Advance(TimeSpan.FromSeconds(1.999));
        Assert.False(given.IsCompleted);
        _place.MoveTo("5-0");
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.True(await given.Soon());
        Assert.False(await other.Soon());
        _place.MoveTo("6-0");
        Assert.True(await _place.WaitForAsync("6-0"));
    }

    [Theory]
    [InlineData(5, new[] { 5, 6, 7, 8, 9 })]
    [InlineData(0, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 })]
    [InlineData(9, new[] { 9 })]
    [InlineData(10, new int[0])]
    public async Task What_Redis_has_lost_it_has_lost_from_the_end_and_it_is_taken_out_once(int kept, int[] forgotten)
    {
        Write(10);

        Assert.Equal(forgotten.Select(static number => (long)number), (await ForgottenAsync(kept)).Select(static message => message.Number));
        Assert.Equal(kept == 0 ? null : $"{kept - 1}-0", _written.LastId);
        Assert.Empty(await ForgottenAsync(kept));
    }

    [Fact]
    public async Task What_is_old_is_let_go_but_never_the_newest_and_none_that_is_younger_than_it_must_be()
    {
        Write(1);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Single(await ForgottenAsync(0));

        for (var i = 0; i < 100; i++)
        {
            Write(1, first: i);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        // All of the last 30 seconds, and no more than twice as long ago.
        var left = await ForgottenAsync(0);
        Assert.Equal(99, left[^1].Number);
        Assert.InRange(left.Count, 30, 62);
        Assert.Null(_written.LastId);
    }

    [Fact]
    public async Task Of_very_many_the_newest_are_kept()
    {
        Write(20_000);

        var left = await ForgottenAsync(0);

        Assert.InRange(left.Count, 4096, 8192);
        Assert.Equal(Enumerable.Range(20_000 - left.Count, left.Count).Select(static number => (long)number), left.Select(static message => message.Number));
    }

    [Fact]
    public async Task An_answer_over_the_bus_is_that_of_its_question_once_and_none_after_its_time()
    {
        var questions = new FlaskQuestions(_time);
        var ids = new List<long>();
        using var leaving = new CancellationTokenSource();
        var (slow, left) = (questions.AskAsync(ids.Add, TimeSpan.FromSeconds(10), default), questions.AskAsync(ids.Add, TimeSpan.FromSeconds(60), leaving.Token));

        Assert.Equal(2, ids.Distinct().Count());
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.False(slow.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Null(await slow.Soon());
        await leaving.CancelAsync();
        Assert.Null(await left.Soon());
        await Assert.ThrowsAsync<InvalidOperationException>(() => questions.AskAsync(static _ => throw new InvalidOperationException(), TimeSpan.FromSeconds(1), default));
    }

    private Task<IReadOnlyList<StreamMessage>> ForgottenAsync(int kept) =>
        _written.TakeForgottenAsync(id => Task.FromResult(long.Parse(id.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture) < kept));

    private void Write(int count, int first = 0)
    {
        for (var i = first; i < first + count; i++)
        {
            _written.Add($"{i}-0", new StreamMessage("me", i, "/", 1, default));
        }
    }
}
