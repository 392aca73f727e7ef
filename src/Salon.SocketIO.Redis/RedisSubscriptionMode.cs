namespace Salon.SocketIO.Redis;

/// <summary>Which rooms have a channel of their own, with <see cref="RedisAdapterKind.Sharded"/>. All servers must use the same.</summary>
public enum RedisSubscriptionMode
{
    /// <summary>All rooms but those of a single socket.</summary>
    Dynamic,

    /// <summary>All rooms, those of single sockets too: a subscription for each socket.</summary>
    DynamicPrivate,

    /// <summary>None: every server gets everything.</summary>
    Static,
}
