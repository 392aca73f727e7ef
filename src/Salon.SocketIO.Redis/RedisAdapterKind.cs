namespace Salon.SocketIO.Redis;

/// <summary>How servers reach each other over Redis. All servers of a cluster must use the same.</summary>
public enum RedisAdapterKind
{
    /// <summary>Pub/Sub, as <c>createAdapter</c> of <c>@socket.io/redis-adapter</c>: works everywhere, and every server gets everything.</summary>
    Classic,

    /// <summary>
    /// Sharded Pub/Sub, as <c>createShardedAdapter</c> of <c>@socket.io/redis-adapter</c>: needs Redis 7, and a server gets only what its rooms
    /// need. Scales with a Redis Cluster.
    /// </summary>
    Sharded,

    /// <summary>
    /// A stream, as <c>@socket.io/redis-streams-adapter</c>: broadcasts survive a lost connection between a server and Redis.
    /// </summary>
    Streams,
}
