using System.Reflection;
using Salon.App.Chat;
using Salon.App.Hosting;
using Salon.App.Stocks;
using Salon.EngineIO;
using Salon.Redis;
using Salon.SocketIO;
using Salon.SocketIO.Clustering;

namespace Salon.App.Operations;

/// <summary>Gathers what <c>/status</c> answers. Thread-safe.</summary>
internal sealed class StatusReader(
    AppSettings settings,
    SocketIOServer io,
    RoomDirectory rooms,
    Presence presence,
    MessageQueue messages,
    Market market,
    TimeProvider timeProvider,
    RedisClient? redis = null,
    IClusterMembers? members = null)
{
    private static readonly string Version =
        typeof(StatusReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private readonly DateTimeOffset _startedAt = timeProvider.GetUtcNow();

    public StatusReport Read() => new(
        "Salon",
        Version,
        settings.NodeId,
        _startedAt.UtcDateTime,
        Math.Round((timeProvider.GetUtcNow() - _startedAt).TotalSeconds, 1),
        new ConnectionCounts(
            io.Engine.ClientsCount,
            io.Engine.CountClients(EngineTransport.Polling),
            io.Engine.CountClients(EngineTransport.WebSocket)),
        CountRooms(),
        new MessageCounts(messages.StoredCount),
        new MemoryUse(Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false)),
        StocksStatus.Of(market),
        redis is null ? null : new ClusterState(redis.State == RedisState.Connected ? "connected" : "away", (members?.Others.Count ?? 0) + 1));

    private RoomCount[] CountRooms() =>
    [
        .. rooms.Known
            .Select(room => new RoomCount(room.Name, presence.Count(room)))
            .Where(static room => room.Members > 0)
            .OrderByDescending(static room => room.Members)
            .ThenBy(static room => room.Room, StringComparer.Ordinal),
    ];
}
