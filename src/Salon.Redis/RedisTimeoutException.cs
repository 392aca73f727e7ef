namespace Salon.Redis;

/// <summary>A command was not answered within <see cref="RedisOptions.CommandTimeout"/>.</summary>
/// <param name="message">What was waited for.</param>
/// <param name="wasSent">Whether it had been sent.</param>
public sealed class RedisTimeoutException(string message, bool wasSent) : RedisException(message)
{
    /// <summary>Whether it had been sent, and may be carried out nevertheless. If not, it never will be.</summary>
    public bool WasSent { get; } = wasSent;
}
