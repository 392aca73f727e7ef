using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Salon.EngineIO.Diagnostics;
using Salon.EngineIO.Fairness;
using Salon.Http;
using Salon.Supervision;
using Salon.Tests;
using Salon.Timing;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>Who waits when there is more to do than can be done at once, by our clock and by a lateness that the test says.</summary>
[Trait("Stage", "fast")]
public sealed class FairTurnsTests : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private static readonly IPAddress Loud = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Quiet = IPAddress.Parse("192.0.2.2");

    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();
    private readonly DeadlineScheduler _deadlines;
    private readonly FairTurns _turns;
    private readonly Dictionary<ClientAddress, int> _sessions = [];
    private TimeSpan _lag;
    private int _looks;

    public FairTurnsTests()
    {
        var logger = _logs.CreateLogger("turns");
        _deadlines = new DeadlineScheduler(_time, new Guard(logger));
        _turns = new FairTurns(_deadlines, _time, Look, address => _sessions.GetValueOrDefault(address), new EngineIOMetrics(new ServiceCollection().BuildServiceProvider()), logger);
    }

    public void Dispose() => _deadlines.Dispose();

    [Fact]
    public void As_long_as_nothing_is_late_everybody_goes_on_at_once()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(Take(Loud, 1_000_000).IsCompleted);
            Pass(0.01);
        }

        Assert.False(_turns.IsCounting);
    }

    [Fact]
    public void Once_is_no_crowd()
    {
        _ = Take(Loud, 1);
        Pass(0.05, late: 200);
        Pass(0.05, late: 0);
        _ = Take(Loud, 1);
        Pass(0.05, late: 200);

        Assert.False(_turns.IsCounting);
    }

    [Fact]
    public async Task Who_sends_most_waits_when_things_are_late_and_who_sends_little_does_not()
    {
        Crowd();

        Assert.False(Take(Loud, 1_000).IsCompleted);
        Assert.True(Take(Quiet, 1_000).IsCompleted);
        Assert.False(Take(Loud, 1_000).IsCompleted);
        Assert.Contains("more to do", Assert.Single(_logs.Entries).Message, StringComparison.Ordinal);

        var turn = Take(Loud, 1_000);
        Pass(60, late: 0, Quiet);
        await turn.Soon();
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(7, false)]
    public void What_takes_eight_milliseconds_is_late(int late, bool isCounting)
    {
        for (var i = 0; i < 3; i++)
        {
            _ = Take(Loud, 1);
            Pass(0.05, late);
        }

        Assert.Equal(isCounting, _turns.IsCounting);
    }

    [Fact]
    public void The_later_things_are_the_less_may_be_sent_by_those_who_send_most()
    {
        Assert.Equal(20, CountLooks(lateFor: 10));
        Assert.Equal(8, CountLooks(lateFor: 40));

        // Until nobody may send more than everybody may, beginning with a flood of a thousand times that.
        static int CountLooks(int lateFor)
        {
            var level = new TurnLevel();
            var looks = 0;

            for (; level.Of(sessions: 0) > TurnLevel.Least; looks++)
            {
                var usage = new TurnUsage();
                usage.Add((long)TurnLevel.Least * 1_000 / 20);
                usage.Add(100);
                level.Change(TimeSpan.FromMilliseconds(lateFor), usage, Period);
            }

            return looks;
        }
    }

    [Fact]
    public async Task Who_waits_goes_on_when_it_has_waited_for_what_it_had()
    {
        Crowd();
        var turn = Take(Loud, 20_000);
        var (waited, sent) = (0, 0);

        // Late all the time, so that the level stays at its least: 20 000 a second.
        for (; waited < 20 * 20 && sent < 4; waited++)
        {
            _ = Take(Quiet, 10);

            if (turn.IsCompleted)
            {
                await turn;
                turn = Take(Loud, 20_000);
                sent++;
            }

            Pass(0.05, late: 100);
        }

        // Ten seconds for what it had before, and one for each.
        Assert.Equal(4, sent);
        Assert.True(waited is > 12 * 20 and < 16 * 20, $"{waited} periods");
    }

    [Fact]
    public void Who_sends_so_little_that_everybody_may_is_not_held_back_however_late_things_are()
    {
        Crowd();

        for (var i = 0; i < 400; i++)
        {
            _ = Take(Loud, 100_000);
            Assert.True(Take(Quiet, 900).IsCompleted);
            Pass(0.05, late: 100);
        }
    }

    [Fact]
    public void A_school_behind_one_address_has_a_share_for_each_of_its_sessions()
    {
        _sessions[ClientAddress.Of(Quiet)] = 300;
        Crowd();

        for (var i = 0; i < 400; i++)
        {
            // 600 messages a second.
            _ = Take(Loud, 100_000);
            Assert.True(Take(Quiet, 30_000).IsCompleted);
            Pass(0.05, late: 100);
        }
    }

    [Fact]
    public void One_address_alone_or_several_that_send_alike_do_not_wait_since_nobody_would_be_helped()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.True(Take(Loud, 100_000).IsCompleted);
            Pass(0.05, late: 100);
        }

        for (var i = 0; i < 100; i++)
        {
            Assert.True(Take(Loud, 100_000).IsCompleted);
            Assert.True(Take(Quiet, 60_000).IsCompleted);
            Pass(0.05, late: 100);
        }

        Assert.True(_turns.IsCounting);
    }

    [Fact]
    public async Task When_things_are_in_time_again_nobody_waits_any_more()
    {
        Crowd();
        var turns = Enumerable.Range(0, 100).Select(_ => Take(Loud, 10_000)).ToArray();

        Pass(120, late: 0, Quiet);

        await Task.WhenAll(turns).Soon();
        Assert.False(_turns.IsCounting);
        Assert.True(Take(Loud, 1_000_000).IsCompleted);
        Assert.True(Take(Loud, 1_000_000).IsCompleted);
    }

    [Fact]
    public async Task At_the_end_everybody_goes_on_and_nobody_waits_again()
    {
        Crowd();
        var turns = Enumerable.Range(0, 100).Select(_ => Take(Loud, 10_000)).ToArray();
        Assert.All(turns, static turn => Assert.False(turn.IsCompleted));

        _turns.End();
        _turns.End();

        await Task.WhenAll(turns).Soon();
        _ = Take(Loud, 1);
        Pass(5, late: 100, Quiet);
        Assert.True(Take(Loud, 1_000_000).IsCompleted);
        Assert.False(_turns.IsCounting);
    }

    [Fact]
    public void Requests_of_an_address_do_not_wait_without_end()
    {
        Crowd();
        // Some of those who made the crowd wait already.
        for (var i = 0; i < 50; i++)
        {
            Assert.True(i > 0 || !_turns.IsCrowded(Loud));
            _ = Take(Loud, FairTurns.HandshakeCost);
        }

        Assert.True(_turns.IsCrowded(Loud));
        Assert.False(_turns.IsCrowded(Quiet));
    }

    [Fact]
    public void While_nothing_comes_nobody_looks()
    {
        Pass(10, late: 0);
        Assert.Equal(0, _looks);

        _ = Take(Loud, 1);
        Pass(10, late: 0);
        var looks = _looks;
        Assert.InRange(looks, 1, 25);

        Pass(1000, late: 0);
        Assert.Equal(looks, _looks);

        _ = Take(Loud, 1);
        Pass(10, late: 0);
        Assert.True(_looks > looks);
    }

    [Fact]
    public void An_account_that_was_found_is_not_searched_for_again_until_it_is_forgotten()
    {
        TurnAccount? account = null;
        var searches = 0;
        Assert.True(TakeAgain().IsCompletedSuccessfully);
        Assert.Equal((null, 0), (account, searches));
        Crowd();

        Assert.False(TakeAgain().IsCompleted);
        var first = account;
        Assert.False(TakeAgain().IsCompleted);
        Assert.NotNull(first);
        Assert.Equal((first, 1), (account, searches));

        Pass(30, late: 0);
        Assert.False(_turns.IsCounting);
        Crowd();
        Assert.False(TakeAgain().IsCompleted);
        Assert.NotSame(first, account);
        Assert.Equal(2, searches);

        Task TakeAgain() => _turns.TakeAsync(
            ref account,
            Loud,
            address =>
            {
                searches++;
                return address;
            },
            100_000).AsTask();
    }

    [Fact]
    public async Task Many_threads_at_once_lose_nobody()
    {
        Crowd();

        var senders = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            for (var n = 0; n < 300; n++)
            {
                await _turns.TakeAsync(i < 6 ? Loud : Quiet, 2_000);
            }
        })).ToArray();

        for (var i = 0; !Array.TrueForAll(senders, static sender => sender.IsCompleted); i++)
        {
            // In time now and then, so that it also calms down in between.
            Pass(i % 7 == 0 ? 6 : 0.05, late: i % 3 == 0 ? 100 : 0);
            await Task.Yield();
        }

        await Task.WhenAll(senders);
    }

    private TimeSpan Look()
    {
        _looks++;
        return _lag;
    }

    /// <summary>Things get late, and one address has sent much more than another.</summary>
    private void Crowd()
    {
        for (var i = 0; i < 40; i++)
        {
            _ = Take(Loud, 100_000);
            _ = Take(Quiet, 100);
            Pass(0.05, late: 100);
        }

        Assert.True(_turns.IsCounting);
    }

    private Task Take(IPAddress address, int cost) => _turns.TakeAsync(address, cost).AsTask();

    private void Pass(double seconds, int late = 0, IPAddress? who = null)
    {
        _lag = TimeSpan.FromMilliseconds(late);

        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(seconds); passed += Period)
        {
            if (who is not null)
            {
                _ = Take(who, 10);
            }

            _time.Advance(Period < TimeSpan.FromSeconds(seconds) ? Period : TimeSpan.FromSeconds(seconds));
        }
    }
}
