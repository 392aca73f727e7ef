using Salon.App.Chat.Delivery;
using Salon.App.Storage;
using Salon.Supervision;

namespace Salon.App.Chat;

/// <summary>
/// Sees to it that rooms in which nothing was ever said go when nobody is in them any more; a room with messages stays. Each node says now
/// and then in which of such rooms somebody is, and any node removes those of which no node has said so for an hour.
/// </summary>
internal sealed partial class UnusedRooms(
    RoomDirectory rooms, ChatDelivery delivery, IChatStore store, TimeProvider time, ILogger<UnusedRooms> logger) : BackgroundService
{
    private readonly Guard _guard = new(logger);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        _guard.KeepRunningAsync(nameof(UnusedRooms), RunAsync, time, stoppingToken);

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ChatLimits.KeepRoomInterval, time);

        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await _guard.CallAsync(nameof(UnusedRooms), this, static unused => unused.LookAsync());
        }
    }

    private async ValueTask LookAsync()
    {
        try
        {
            var silent = delivery.Active.Where(static active => active.Last == 0).Select(static active => active.Room).ToList();

            if (silent.Count > 0)
            {
                await store.KeepAsync(silent, time.GetUtcNow());
            }

            var removed = await rooms.RemoveUnusedAsync(ChatLimits.UnusedRoomAge);

            foreach (var room in removed.Concat(await rooms.ForgetRemovedAsync()))
            {
                delivery.Forget(room);
            }

            if (removed.Count > 0)
            {
                Log.Removed(logger, removed.Count);
            }
        }
        catch (StorageException exception)
        {
            Log.NotLooked(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "{Count} rooms in which nothing was ever said are removed.", EventName = nameof(Removed))]
        public static partial void Removed(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Debug, "Rooms that are not used could not be looked for; it is tried again.", EventName = nameof(NotLooked))]
        public static partial void NotLooked(ILogger logger, Exception exception);
    }
}
