namespace Salon.Redis;

/// <summary>Whether a <see cref="RedisClient"/> can reach its server.</summary>
public enum RedisState
{
    /// <summary>Not connected; the client tries again by itself. Commands wait.</summary>
    Disconnected,

    /// <summary>Connected, authenticated and ready. In a cluster: to at least one of the masters.</summary>
    Connected,
}
