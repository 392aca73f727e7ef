using System.Text;
using Salon.App.Hosting;
using Salon.Redis;
using Salon.SocketIO.Redis;
using Salon.Supervision;

namespace Salon.App.Stocks.Cluster;

/// <summary>
/// The market of a cluster: one node makes it, all hear of it over Redis and tell the same events with the same ids. When the node fails that
/// makes it, another goes on with the next event.
/// <code>
/// follow ── the lease is free ──▶ 1 begin a term (from here on, Redis refuses older ones)
///    ▲                            2 hear what came before it
///    │                            3 write the state, for who comes later
///    └── lease or Redis lost ◀─── 4 make steps: first into Redis, then true here
/// </code>
/// </summary>
internal sealed partial class ClusterMarket(
    Market market,
    IMarketSource source,
    RedisClient redis,
    RedisRefusals refusals,
    RedisSettings redisSettings,
    AppSettings settings,
    TimeProvider time,
    ILogger<ClusterMarket> logger) : BackgroundService
{
    private const string Operation = "market";

    private static readonly TimeSpan LeaseInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StateInterval = TimeSpan.FromSeconds(15);

    private readonly MarketKeys _keys = new(source, redisSettings);
    private readonly Guard _guard = new(logger);
    private readonly MarketClock _clock = new(time, source.Step);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var steps = new StepStream(redis, _keys);
        var follower = new MarketFollower(market, steps, time, logger);
        var lease = new MarketLease(redis, _keys, settings.NodeId, time);

        await Task.WhenAll(
            _guard.KeepRunningAsync("ClusterMarket.Watch", stopping => WatchAsync(follower, stopping), time, stoppingToken),
            _guard.KeepRunningAsync("ClusterMarket", stopping => RunAsync(steps, follower, lease, stopping), time, stoppingToken));
        await ReleaseAsync(lease);
    }

    /// <summary>Tells the readers when nothing is heard any more, and when it is again.</summary>
    private async Task WatchAsync(MarketFollower follower, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(WatchInterval, time);

        do
        {
            _guard.Call("Market.IsLive", (market, follower), static state => state.market.IsLive = state.follower.IsLive);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task RunAsync(StepStream steps, MarketFollower follower, MarketLease lease, CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await FollowAsync(steps, follower, lease, stoppingToken);

                if (await TryBeginTermAsync(steps, follower, stoppingToken))
                {
                    await LeadAsync(steps, follower, lease, stoppingToken);
                }
            }
            catch (RedisServerException exception)
            {
                refusals.OnRefused(Operation, "The stock market stands still on this node", exception);
                await Task.Delay(RetryDelay, time, stoppingToken);
            }
            catch (RedisException exception)
            {
                Log.Away(logger, exception);
                await Task.Delay(RetryDelay, time, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Nobody is above who would say so: without this, the market would stand still in silence.
                Log.Failed(logger, exception);
                await Task.Delay(LeaseInterval, time, stoppingToken);
            }
        }
    }

    /// <summary>Hears of the market until the lease is this node's.</summary>
    private async Task FollowAsync(StepStream steps, MarketFollower follower, MarketLease lease, CancellationToken stoppingToken)
    {
        var isJoined = follower.HasBegun || await follower.TryJoinAsync();

        while (!await lease.TryTakeAsync())
        {
            refusals.OnTaken(Operation);

            if (!isJoined)
            {
                // Somebody is just about to begin it.
                await Task.Delay(RetryDelay, time, stoppingToken);
                isJoined = await follower.TryJoinAsync();
                continue;
            }

            var asked = time.GetTimestamp();

            while (isJoined && time.GetElapsedTime(asked) < LeaseInterval)
            {
                isJoined = follower.TryTake(await steps.ReadAsync(follower.Last, LeaseInterval, stoppingToken));
            }
        }
    }

    /// <returns>Whether it is this node that makes the market now.</returns>
    private async Task<bool> TryBeginTermAsync(StepStream steps, MarketFollower follower, CancellationToken stoppingToken)
    {
        var id = new StepId(Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), follower.Last.Term + 1), 0);
        await steps.DropIfFromFutureAsync(time.GetUtcNow(), logger);
        var isLost = follower.Last.Term > 0 && !await steps.HasAsync(follower.Last);

        if (!await steps.TryAddAsync(id, [new("node", Encoding.UTF8.GetBytes(settings.NodeId))]))
        {
            // Another clock is ahead: hear what there is, and take a later term the next time.
            follower.TryTake(await steps.ReadAsync(follower.Last, wait: null, stoppingToken));
            return false;
        }

        for (var hasJoined = false; !isLost && follower.HasBegun && follower.Last.CompareTo(id) < 0;)
        {
            if (!follower.TryTake(await steps.ReadAsync(follower.Last, wait: null, stoppingToken)))
            {
                isLost = hasJoined || !await follower.TryJoinAsync();
                hasJoined = true;
            }
        }

        if (isLost || !follower.HasBegun)
        {
            BeginEpoch();
        }

        follower.BeginTerm(id);
        Log.Leading(logger, market.Feed.Ring!.Epoch, market.Feed.Ring.Head);
        return true;
    }

    /// <summary>Begins anew: with the prices there are, if there are any, but with ids that nobody has seen.</summary>
    private void BeginEpoch()
    {
        var epoch = MarketEpoch.Create(_clock.Now);

        if (market.Feed.Ring is null)
        {
            market.Begin(epoch, _clock.Now);
        }
        else
        {
            market.Begin(epoch, market.Origin, head: 0, static _ => { }, []);
        }
    }

    private async Task LeadAsync(StepStream steps, MarketFollower follower, MarketLease lease, CancellationToken stoppingToken)
    {
        var maker = new MarketMaker(market, source);
        var id = follower.Last;
        var stateAt = time.GetTimestamp();
        await steps.WriteStateAsync(MarketState.Take(market, id.ToString()));
        using var timer = new PeriodicTimer(source.Step, time);

        do
        {
            foreach (var due in _clock.StepsAfter(market.Time))
            {
                var (batch, ring) = (maker.Make(due), market.Feed.Ring!);
                id = id with { Number = id.Number + 1 };

                if (!await steps.TryAddAsync(id, new MarketEntry(ring.Epoch, market.Origin, ring.Head + 1, batch).ToFields()))
                {
                    Log.Succeeded(logger);
                    return;
                }

                refusals.OnTaken(Operation);
                follower.Take(id, batch);
            }

            if (time.GetElapsedTime(stateAt) >= StateInterval)
            {
                stateAt = time.GetTimestamp();
                await steps.WriteStateAsync(MarketState.Take(market, id.ToString()));
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken) && await lease.TryKeepAsync());
    }

    private async Task ReleaseAsync(MarketLease lease)
    {
        try
        {
            await lease.ReleaseAsync();
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException)
        {
            // It runs out by itself.
            Log.Away(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Redis does not answer; the market waits.", EventName = nameof(Away))]
        public static partial void Away(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Information, "This node makes the market {Epoch} from event {Head} on.", EventName = nameof(Leading))]
        public static partial void Leading(ILogger logger, string epoch, long head);

        [LoggerMessage(3, LogLevel.Information, "Another node makes the market now.", EventName = nameof(Succeeded))]
        public static partial void Succeeded(ILogger logger);

        [LoggerMessage(4, LogLevel.Error, "The market failed; this node tries again.", EventName = nameof(Failed))]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
