using Salon.App.Chat.Delivery;
using Salon.App.Storage;
using Salon.Redis;
using Salon.Supervision;

namespace Salon.App.Chat.Cluster;

/// <summary>
/// Asks the database from time to time what the newest messages are in the rooms that somebody is in here: what no other node told, because
/// Redis was away or forgot it, is delivered all the same.
/// </summary>
internal sealed partial class HeadWatch(ChatDelivery delivery, IChatStore store, RedisClient redis, TimeProvider time, ILogger<HeadWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // While Redis is there, little is lost: every so many times is enough.
    private const int IntervalsWithRedis = 6;

    private readonly Guard _guard = new(logger);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _guard.KeepRunningAsync("HeadWatch", WatchAsync, time, stoppingToken);

    private async Task WatchAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var round = 0;

        while (await timer.WaitForNextTickAsync(stopping))
        {
            if (redis.State != RedisState.Connected || ++round % IntervalsWithRedis == 0)
            {
                await _guard.CallAsync("HeadWatch.Look", this, static watch => new ValueTask(watch.LookAsync()));
            }
        }
    }

    private async Task LookAsync()
    {
        // How far they have come is looked at before the database is asked.
        var rooms = delivery.Active.ToDictionary(static active => active.Room, active => delivery.GetReached(active.Room));

        if (rooms.Count == 0)
        {
            return;
        }

        try
        {
            foreach (var (room, head) in await store.ReadHeadsAsync([.. rooms.Keys]))
            {
                delivery.OnHead(room, head, rooms[room]);
            }
        }
        catch (StorageException exception)
        {
            Log.NotRead(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "What is new in the rooms could not be read.", EventName = nameof(NotRead))]
        public static partial void NotRead(ILogger logger, Exception exception);
    }
}
