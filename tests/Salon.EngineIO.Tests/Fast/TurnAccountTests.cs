using Salon.EngineIO.Fairness;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>How much an address may send, and how long it waits for what it had: <see cref="TurnAccount"/>, <see cref="TurnLevel"/>, <see cref="TurnUsage"/>.</summary>
[Trait("Stage", "fast")]
public class TurnAccountTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TurnAccount _account = new();
    private readonly TurnLevel _level = new();

    [Fact]
    public void Before_there_is_a_level_nobody_waits_and_what_was_sent_then_is_not_held_against_anybody()
    {
        Assert.Null(Take(500));
        Assert.Null(Take(int.MaxValue));
        Assert.Null(Take(int.MaxValue));
        Assert.Equal(500L + int.MaxValue + int.MaxValue, _account.Used);

        Assert.False(_account.Settle(double.PositiveInfinity, Second));
        Assert.Equal(0, _account.Used);
        Assert.True(_account.Settle(1_000, Second));
        Assert.Null(Take(1_000));
    }

    [Fact]
    public void A_seconds_share_may_be_sent_at_once_and_not_a_byte_more_and_all_who_sent_more_wait_together()
    {
        _account.Settle(1_000, Second);

        Assert.Null(Take(1_000));
        var first = Take(1)!;
        var second = Take(1_999)!;
        Assert.Equal(2, _account.Waiting);

        // 3000 sent, of which a second's share was free and another goes in each second.
        _account.Settle(1_000, Second);
        Assert.False(first.IsCompleted || second.IsCompleted);
        _account.Settle(1_000, TimeSpan.FromSeconds(0.999));
        Assert.False(first.IsCompleted);
        _account.Settle(1_000, TimeSpan.FromSeconds(0.001));
        Assert.True(first.IsCompletedSuccessfully && second.IsCompletedSuccessfully);
        Assert.Equal(0, _account.Waiting);
    }

    [Fact]
    public void However_much_was_sent_at_once_nobody_waits_longer_than_ten_seconds()
    {
        _account.Settle(1_000, Second);
        var turn = Take(int.MaxValue)!;
        _account.Settle(1_000, TimeSpan.Zero);

        for (var i = 0; i < 9; i++)
        {
            _account.Settle(1_000, Second);
            Assert.False(turn.IsCompleted);
        }

        _account.Settle(1_000, Second);
        Assert.True(turn.IsCompleted);
    }

    [Fact]
    public void What_is_not_used_is_kept_for_a_second_and_then_there_is_nothing_to_remember()
    {
        _account.Settle(1_000, Second);
        Take(1_000);
        Assert.False(_account.Settle(1_000, Second));
        Assert.True(_account.Settle(1_000, Second));
        Assert.True(_account.Settle(1_000, TimeSpan.FromHours(1)));

        Assert.Null(Take(1_000));
        Assert.NotNull(Take(1));
    }

    [Fact]
    public void Once_it_is_calm_all_go_on_and_nobody_waits_for_what_was_before()
    {
        _account.Settle(1_000, Second);
        var turn = Take(5_000)!;

        _account.Release();
        _account.Release();

        Assert.True(turn.IsCompletedSuccessfully);
        Assert.Equal(0, _account.Waiting);
        Assert.Null(Take(1_000_000));
    }

    [Fact]
    public void It_ends_only_when_there_is_nothing_to_remember_and_nobody_waits_and_then_takes_nothing()
    {
        _account.Settle(1_000, Second);
        Take(10);
        Assert.False(_account.TryRemove());
        _account.Settle(1_000, TimeSpan.Zero);
        Take(5_000);
        _account.Settle(1_000, TimeSpan.Zero);
        Assert.False(_account.TryRemove());
        _account.Release();

        Assert.True(_account.TryRemove());
        Assert.True(_account.TryRemove());
        Assert.False(_account.TryTake(1, out var turn));
        Assert.Null(turn);
        Assert.Equal(0, _account.Used);
    }

    [Fact]
    public async Task However_many_take_settle_and_calm_down_at_once_nobody_is_left_alone()
    {
        using var isOver = new CancellationTokenSource();
        var settling = Task.Run(() =>
        {
            for (var i = 0; !isOver.IsCancellationRequested; i++)
            {
                _account.Settle(1_000, TimeSpan.FromMilliseconds(50));

                if (i % 50 == 0)
                {
                    _account.Release();
                }
            }
        });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                await (Take(100) ?? Task.CompletedTask);
            }
        }))).Soon();
        await isOver.CancelAsync();
        await settling.Soon();

        _account.Settle(double.PositiveInfinity, Second);
        Assert.Equal((0, 0L), (_account.Waiting, _account.Used));
    }

    [Fact]
    public void The_level_falls_as_long_as_things_are_late_and_never_below_what_everybody_may()
    {
        Assert.Equal(double.PositiveInfinity, _level.Of(sessions: 0));
        Change(late: 8, 1_000_000, 10);
        Assert.Equal(700_000, _level.Of(0));
        Change(late: 39.9, 2_000_000, 10);
        Assert.Equal(490_000, _level.Of(0), 0.001);

        // Between late and in time, nothing changes.
        Change(late: 7.9, 1_000_000, 10);
        Change(late: 4, 1_000_000, 10);
        Assert.Equal(490_000, _level.Of(0), 0.001);
        Change(late: 3.9, 1_000_000, 10);
        Assert.Equal(490_000 * 1.02, _level.Of(0), 0.001);

        // Very late, it falls faster.
        Change(late: 40, 2_000_000, 10);
        Assert.Equal(490_000 * 1.02 * 0.4, _level.Of(0), 0.001);

        for (var i = 0; i < 30; i++)
        {
            Change(late: 200, 1_000_000, 10);
        }

        Assert.Equal(TurnLevel.Least, _level.Of(0));
        Assert.Equal(TurnLevel.Least + (300 * TurnLevel.LeastOfSession), _level.Of(300));
        _level.Reset();
        Assert.Equal(double.PositiveInfinity, _level.Of(300));
    }

    [Theory]
    [InlineData(new long[0])]
    [InlineData(new long[] { 1_000_000 })]
    [InlineData(new long[] { 1_000_000, 0, 0 })]
    [InlineData(new long[] { 1_000_000, 250_000 })]
    [InlineData(new long[] { 250_000, 1_000_000, 500_000 })]
    public void Where_nobody_would_be_helped_it_stays(long[] used)
    {
        Change(late: 100, used);
        Assert.Equal(double.PositiveInfinity, _level.Of(0));
    }

    [Fact]
    public void One_pause_is_no_crowd_and_two_in_a_row_are()
    {
        var (late, inTime) = (TimeSpan.FromMilliseconds(8), TimeSpan.FromMilliseconds(7.9));

        Assert.Equal([false, false, false, true, true, false], new[] { late, inTime, late, late, late, inTime }.Select(_level.IsLateAgain));
        _level.IsLateAgain(late);
        _level.Reset();
        Assert.False(_level.IsLateAgain(late));
    }

    [Fact]
    public void The_heaviest_and_the_lightest_are_of_those_who_sent_something()
    {
        var usage = new TurnUsage();
        Array.ForEach([0L, 5, 0, 3, 9, 3, -1], used => usage.Add(used));

        Assert.Equal((4, 9L, 3L), (usage.Count, usage.Heaviest, usage.Lightest));
    }

    private Task? Take(int cost)
    {
        Assert.True(_account.TryTake(cost, out var turn));
        return turn;
    }

    private void Change(double late, params long[] used)
    {
        var usage = new TurnUsage();
        Array.ForEach(used, each => usage.Add(each));
        _level.Change(TimeSpan.FromMilliseconds(late), usage, Second);
    }
}
