using Salon.App.Chat;
using Salon.App.Hosting.Budgets;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>What a room is told of who comes and goes: all of it in a small one, and never more bytes than it may have.</summary>
[Trait("Stage", "fast")]
public class PresenceNewsTests
{
    private const int Large = 400;

    private readonly ManualTimeProvider _time = new();
    private readonly PresenceNews _news;

    public PresenceNewsTests() => _news = new PresenceNews(new TokenBucket(ChatLimits.PresenceBytes, _time), _time);

    [Fact]
    public void A_small_room_is_told_who_is_there()
    {
        _news.Add("bob", "Bob", isThere: true);

        Assert.Equal(new Telling(null, IsList: true, Again: null), _news.Take(receivers: 2, people: 2, listBytes: 20));
        Assert.Equal(new Telling(null, IsList: false, Again: null), _news.Take(receivers: 2, people: 2, listBytes: 20));
    }

    [Fact]
    public void A_large_room_is_told_what_changed_and_now_and_then_who_is_there()
    {
        _news.Add("bob", "Bob", isThere: true);
        var first = Take();
        _news.Add("carol", "Carol", isThere: true);
        _news.Add("alice", "Alice", isThere: false);
        var second = Take();

        Assert.True(first.IsList);
        Assert.Equal([("Carol", true), ("Alice", false)], second.Changes!);
        Assert.False(second.IsList);
        Assert.Equal(ChatLimits.PresenceListInterval, second.Again);
        _time.Advance(second.Again!.Value);
        Assert.True(Take() is { IsList: true, Changes: null, Again: null });
    }

    [Fact]
    public void Who_goes_before_anybody_was_told_that_they_came_has_never_been_there()
    {
        _news.Add("bob", "Bob", isThere: true);
        Take();

        _news.Add("carol", "Carol", isThere: true);
        _news.Add("bob", "Bob", isThere: false);
        _news.Add("carol", "Carol", isThere: false);
        _news.Add("bob", "Bob", isThere: true);

        Assert.Null(Take().Changes);
    }

    [Fact]
    public void Four_hundred_who_come_and_go_all_the_time_are_told_of_with_a_bounded_number_of_bytes()
    {
        const int seconds = 60;
        var bytes = 0.0;
        var isThere = false;

        for (var step = 0; step < seconds * 10; step++)
        {
            isThere = !isThere;

            for (var i = 0; i < Large; i++)
            {
                _news.Add($"{i}", $"somebody {i}", isThere);
                bytes += _news.TryTakeLine(Large) ? 200 * Large : 0;
            }

            var telling = _news.Take(Large, Large, Large * 16);
            bytes += (telling.Changes?.Sum(static change => PresenceNews.BytesOf(change.Username)) ?? 0) * (double)Large;
            bytes += telling.IsList ? Large * 16.0 * Large : 0;
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(bytes, 1, ChatLimits.RoomPresenceBytes.Burst + (seconds * ChatLimits.RoomPresenceBytes.PerSecond));
    }

    [Fact]
    public void What_cannot_be_told_now_is_told_later()
    {
        while (_news.TryTakeLine(Large))
        {
        }

        for (var i = 0; i < Large; i++)
        {
            _news.Add($"{i}", $"somebody {i}", isThere: true);
        }

        var refused = Take();

        Assert.Null(refused.Changes);
        Assert.True(refused.Again > TimeSpan.Zero);
        _time.Advance(refused.Again!.Value);
        Assert.Equal(Large, Take().Changes!.Count);
    }

    [Fact]
    public void Many_rooms_together_have_a_bound_too()
    {
        var all = new TokenBucket(ChatLimits.PresenceBytes, _time);
        var told = 0;

        for (var room = 0; room < 100; room++)
        {
            var news = new PresenceNews(all, _time);

            while (news.TryTakeLine(Large))
            {
                told++;
            }
        }

        Assert.InRange(told * 200.0 * Large, 1, ChatLimits.PresenceBytes.Burst);
    }

    private Telling Take() => _news.Take(Large, Large, Large * 16);
}
