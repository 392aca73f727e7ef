using System.Reflection;
using Salon.App.Chat;
using Salon.App.Hosting;
using Salon.App.NativeChat;
using Salon.App.Stocks;
using Salon.EngineIO;
using Salon.Redis;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis;
using Salon.SocketIO;

namespace Salon.App.Operations;

/// <summary>Gathers what <c>/status</c> answers. Thread-safe.</summary>
internal sealed class StatusReader(
    AppSettings settings,
    SocketIOServer io,
    RoomDirectory rooms,
    Presence presence,
    MessageQueue messages,
    NativeRoom nativeRoom,
    Market market,
    TimeProvider timeProvider,
    RedisClient? redis = null,
    IClusterMembers? members = null,
    RedisRefusals? refusals = null,
    ForwardedRequests? forwarded = null)
{
    private static readonly string Version =
        typeof(StatusReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private readonly DateTimeOffset _startedAt = timeProvider.GetUtcNow();

    /// <summary>Gathers it.</summary>
    /// <param name="withNames">Whether rooms and this process are named: not to strangers.</param>
    public StatusReport Read(bool withNames)
    {
        var occupied = CountRooms();

        return new StatusReport(
            "Salon",
            Version,
            withNames ? settings.NodeId : null,
            _startedAt.UtcDateTime,
            Math.Round((timeProvider.GetUtcNow() - _startedAt).TotalSeconds, 1),
            new ConnectionCounts(
                io.Engine.ClientsCount,
                io.Engine.CountClients(EngineTransport.Polling),
                io.Engine.CountClients(EngineTransport.WebSocket)),
            occupied.Length,
            withNames ? occupied : null,
            new MessageCounts(messages.StoredCount),
            new NativeChatCounts(nativeRoom.Count.Everywhere, nativeRoom.Count.Here),
            new MemoryUse(Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false)),
            StocksStatus.Of(market),
            ReadCluster());
    }

    private ClusterState? ReadCluster() => redis is null || members is null || refusals is null || forwarded is null ? null : new ClusterState(
        redis.State == RedisState.Connected ? "connected" : "away",
        redis.State != RedisState.Connected ? "away" : refusals.Any ? "refused" : "ok",
        members.Others.Count + 1,
        new ForwardedCounts(forwarded.Answered, forwarded.Failed, forwarded.Served, forwarded.Waiting));

    private RoomCount[] CountRooms() =>
    [
        .. rooms.Known
            .Select(room => new RoomCount(room.Name, presence.Count(room)))
            .Where(static room => room.Members > 0)
            .OrderByDescending(static room => room.Members)
            .ThenBy(static room => room.Room, StringComparer.Ordinal),
    ];
}
