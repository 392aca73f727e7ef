using Salon.Redis;

namespace Salon.SocketIO.Redis;

/// <summary>How this server takes part in a cluster. Names and defaults are those of the reference's adapters.</summary>
public sealed class RedisAdapterOptions
{
    /// <summary>How servers reach each other. The default is <see cref="RedisAdapterKind.Classic"/>.</summary>
    public RedisAdapterKind Kind { get; set; } = RedisAdapterKind.Classic;

    private const string DefaultPrefix = "socket.io";
    private const string DefaultSessionPrefix = "sio:session:";

    /// <summary>
    /// What all channels begin with: <c>key</c> and <c>channelPrefix</c> of the reference. Applications that share a Redis need one each, for
    /// its databases do not part channels. The default is <c>socket.io</c>.
    /// </summary>
    public string KeyPrefix { get; set; } = DefaultPrefix;

    /// <summary>
    /// With <see cref="RedisAdapterKind.Classic"/>, whether answers go only to who asked, also where that is a server in another language.
    /// Servers of this kind always answer each other so. The default is <see langword="false"/>.
    /// </summary>
    public bool PublishOnSpecificResponseChannel { get; set; }

    /// <summary>With <see cref="RedisAdapterKind.Sharded"/>, which rooms have channels. The default is <see cref="RedisSubscriptionMode.Dynamic"/>.</summary>
    public RedisSubscriptionMode SubscriptionMode { get; set; } = RedisSubscriptionMode.Dynamic;

    /// <summary>With <see cref="RedisAdapterKind.Streams"/>, the stream's name. The default is <c>socket.io</c>.</summary>
    public string StreamName { get; set; } = DefaultPrefix;

    /// <summary>
    /// With <see cref="RedisAdapterKind.Streams"/>, over how many streams the namespaces are spread, the same on all servers: more than one
    /// puts them on several masters of a Redis Cluster. Then <c>-</c> and a number follow the name. The default is 1.
    /// </summary>
    public int StreamCount { get; set; } = 1;

    /// <summary>
    /// With <see cref="RedisAdapterKind.Streams"/>, about how many entries the stream keeps: more than are written while a server may be away
    /// from Redis. The default is 10 000.
    /// </summary>
    public int StreamMaxLength { get; set; } = 10_000;

    /// <summary>With <see cref="RedisAdapterKind.Streams"/>, how many entries are read at once. The default is 100.</summary>
    public int StreamReadCount { get; set; } = 100;

    /// <summary>
    /// With <see cref="RedisAdapterKind.Streams"/>, whether questions and answers go through sharded channels (Redis 7), the same on all servers: a
    /// Redis Cluster then does not carry them to all its nodes. The default is <see langword="false"/>.
    /// </summary>
    public bool UseShardedPubSub { get; set; }

    /// <summary>
    /// With <see cref="RedisAdapterKind.Streams"/>, what the keys begin with under which clients that are away are kept. The default is
    /// <c>sio:session:</c>.
    /// </summary>
    public string SessionKeyPrefix { get; set; } = DefaultSessionPrefix;

    /// <summary>
    /// How long a server that is not heard of is still counted as there. Each gives a sign of life four times as often. The default is 3 s;
    /// the allowed range is 400 ms to 1 h.
    /// </summary>
    public TimeSpan MemberTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Whether a request of long-polling that arrives at a server which does not have its session is brought to the one that has it, over Redis, so
    /// that proxies need no sticky sessions. It costs nothing where they have them. The default is <see langword="true"/>.
    /// </summary>
    public bool ForwardRequests { get; set; } = true;

    /// <summary>
    /// How many requests may wait at this server for the answers of others; one too many is answered with 503. The default is 10 000.
    /// </summary>
    public int MaxForwardedRequests { get; set; } = 10_000;

    /// <summary>
    /// How many bytes of forwarded bodies may be on their way from this server, of requests and again of answers; more waits. A larger POST is
    /// answered with 413. The default is 8 MiB; Redis and <see cref="RedisOptions.MaxQueuedBytes"/> must be able to take as much. At most 24 MiB.
    /// </summary>
    public int MaxForwardedBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// How to reach Redis, when more than its address is to be said. What is published while Redis is away waits as long as
    /// <see cref="RedisOptions.CommandTimeout"/>, within <see cref="RedisOptions.MaxQueuedBytes"/>.
    /// </summary>
    public RedisOptions Redis { get; set; } = new();

    /// <summary>Whether messages of one channel go through sharded ones.</summary>
    internal bool IsSharded => Kind == RedisAdapterKind.Sharded || (Kind == RedisAdapterKind.Streams && UseShardedPubSub);

    /// <summary>What this server would share with another application on the same Redis although something says that it is to be apart.</summary>
    /// <returns><see langword="null"/> when all is shared, or nothing.</returns>
    internal string? FindShared()
    {
        if (Redis.Database != 0)
        {
            return KeyPrefix == DefaultPrefix
                ? $"Database {Redis.Database} of Redis is chosen, but its databases do not part channels: this server hears those that use another database, and they hear it. If they are not to, set {nameof(KeyPrefix)}"
                : null;
        }

        string[] same = [.. Kind != RedisAdapterKind.Streams ? [] : new[]
        {
            KeyPrefix == DefaultPrefix ? nameof(KeyPrefix) : "",
            StreamName == DefaultPrefix ? nameof(StreamName) : "",
            SessionKeyPrefix == DefaultSessionPrefix ? nameof(SessionKeyPrefix) : "",
        }.Where(static name => name.Length > 0)];

        return same.Length is 1 or 2
            ? $"A part of what this server writes to Redis has a name of its own, and a part has not: if an application of another name uses the same Redis, set {string.Join(" and ", same)} too"
            : null;
    }

    /// <summary>A copy for the one that is made with it: whoever changes the options afterwards changes nothing.</summary>
    internal RedisAdapterOptions Freeze() => (RedisAdapterOptions)MemberwiseClone();
}
