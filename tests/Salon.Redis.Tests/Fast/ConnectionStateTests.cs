using System.Net;
using Salon.Redis.Connections;
using Salon.Redis.Diagnostics;
using Salon.Redis.Requests;
using Salon.Supervision;
using Salon.Tests;

namespace Salon.Redis.Tests.Fast;

/// <summary>When the client tries again, what it says of it, and whom it wakes. No Redis.</summary>
[Trait("Stage", "fast")]
public sealed class ConnectionStateTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();

    [Fact]
    public void Each_wait_is_about_twice_as_long_as_the_last_up_to_a_limit_and_begins_anew_after_a_connection_that_lasted()
    {
        var backoff = new Backoff(new RedisOptions { MinReconnectDelay = TimeSpan.FromSeconds(1), MaxReconnectDelay = TimeSpan.FromSeconds(5) });

        foreach (var longest in new[] { 1, 2, 4, 5, 5, 5 })
        {
            Assert.InRange(backoff.Next().TotalSeconds, longest / 2.0, longest);
        }

        backoff.OnLasted(TimeSpan.FromSeconds(1));
        Assert.InRange(backoff.Next().TotalSeconds, 2.5, 5);
        backoff.OnLasted(TimeSpan.FromSeconds(5.001));
        Assert.InRange(backoff.Next().TotalSeconds, 0.5, 1);
        backoff.Slow();
        Assert.InRange(backoff.Next().TotalSeconds, 2.5, 5);
    }

    [Fact]
    public void Clients_that_lost_one_server_do_not_come_back_in_step()
    {
        var waits = Enumerable.Range(0, 100).Select(static _ => new Backoff(new RedisOptions()).Next()).ToList();

        Assert.True(waits.Distinct().Count() > 50);
    }

    [Fact]
    public void Why_there_is_no_connection_is_said_once_and_again_after_a_minute_of_each_reason()
    {
        _logs.Expect("Redis");
        var failures = new FailureLog(_logs.CreateLogger("redis"), _time);
        var (away, refused) = (new ConnectFailedException(ConnectFailure.Unreachable, "away"), new ConnectFailedException(ConnectFailure.Refused, "no password"));

        failures.OnFailed(away);
        failures.OnFailed(away);
        failures.OnFailed(refused);
        _time.Advance(TimeSpan.FromSeconds(59.999));
        failures.OnFailed(away);
        Assert.Equal([Microsoft.Extensions.Logging.LogLevel.Warning, Microsoft.Extensions.Logging.LogLevel.Error], _logs.Entries.Select(static entry => entry.Level));

        _time.Advance(TimeSpan.FromSeconds(0.001));
        failures.OnFailed(away);
        failures.OnFailed(away);
        Assert.Equal(3, _logs.Entries.Count());
    }

    [Fact]
    public async Task States_are_told_in_order_each_change_once_and_a_handler_that_fails_keeps_nobody_from_hearing()
    {
        _logs.Expect("RedisClient.StateChanged failed");
        var told = new List<RedisState>();
        var events = new StateEvents(new Guard(_logs.CreateLogger("redis")));
        events.Changed += static _ => throw new InvalidOperationException("A mistake of the application.");
        events.Changed += state =>
        {
            lock (told)
            {
                told.Add(state);
            }
        };

        for (var i = 0; i < 50; i++)
        {
            events.Set(RedisState.Connected);
            events.Set(RedisState.Connected);
            events.Set(RedisState.Disconnected);
        }

        await Eventually.Async("all are told", () =>
        {
            lock (told)
            {
                return told.Count == 100;
            }
        });
        Assert.Equal(Enumerable.Range(0, 100).Select(static i => i % 2 == 0 ? RedisState.Connected : RedisState.Disconnected), told);
        Assert.Equal(RedisState.Disconnected, events.Current);
    }

    [Fact]
    public async Task A_loop_is_woken_by_what_came_before_it_waited_and_after_and_once_for_many()
    {
        var signal = new WakeSignal();
        signal.Set();
        signal.Set();
        Assert.True(await signal.WaitAsync());

        var waiting = signal.WaitAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        signal.Set();
        Assert.True(await waiting.Soon());

        waiting = signal.WaitAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        signal.End();
        Assert.False(await waiting.Soon());
        signal.Set();
        Assert.False(await signal.WaitAsync());
    }

    [Fact]
    public async Task However_many_set_it_at_once_nothing_that_was_set_is_missed()
    {
        var signal = new WakeSignal();
        var (produced, consumed) = (0, 0);
        var consuming = Task.Run(async () =>
        {
            while (await signal.WaitAsync())
            {
                Volatile.Write(ref consumed, Volatile.Read(ref produced));
            }
        });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                Interlocked.Increment(ref produced);
                signal.Set();
            }
        })));

        await Eventually.Async("all is seen", () => Volatile.Read(ref consumed) == 20_000);
        signal.End();
        await consuming.Soon();
    }

    [Fact]
    public async Task Servers_have_their_turns_one_after_the_other()
    {
        DnsEndPoint[] endPoints = [new("a", 1), new("b", 2), new("c", 3)];
        var source = new FixedSource(endPoints, new Credentials(null, null));

        for (var i = 0; i < 7; i++)
        {
            Assert.Same(endPoints[i % 3], await source.FindAsync(default));
        }
    }

    [Fact]
    public void One_timer_looks_after_all_at_a_tenth_of_the_shortest_time_and_what_fails_is_tried_again()
    {
        _logs.Expect("ITicking.OnTick failed");
        using var ticker = new Ticker(new RedisOptions { CommandTimeout = TimeSpan.FromSeconds(1), HeartbeatInterval = TimeSpan.FromSeconds(10), HeartbeatTimeout = TimeSpan.FromSeconds(10) }, _time, new Guard(_logs.CreateLogger("redis")));
        var (member, gone) = (new Member(), new Member());
        ticker.Add(member);
        ticker.Add(gone);

        _time.Advance(TimeSpan.FromMilliseconds(350));
        Assert.Equal((3, 3), (member.Ticks, gone.Ticks));
        ticker.Remove(gone);
        member.Fails = true;
        _time.Advance(TimeSpan.FromMilliseconds(100));
        member.Fails = false;
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal((5, 3), (member.Ticks, gone.Ticks));

        ticker.Dispose();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(5, member.Ticks);
    }

    [Fact]
    public void One_that_fails_each_time_keeps_no_other_from_its_turn()
    {
        _logs.Expect("ITicking.OnTick failed");
        using var ticker = new Ticker(new RedisOptions { CommandTimeout = TimeSpan.FromSeconds(1) }, _time, new Guard(_logs.CreateLogger("redis")));
        var (failing, other) = (new Member { Fails = true }, new Member());
        ticker.Add(failing);
        ticker.Add(other);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(10, other.Ticks);
    }

    private sealed class Member : ITicking
    {
        public int Ticks { get; private set; }

        public bool Fails { get; set; }

        public void OnTick(long now)
        {
            Ticks++;

            if (Fails)
            {
                throw new InvalidOperationException("A mistake.");
            }
        }
    }
}
