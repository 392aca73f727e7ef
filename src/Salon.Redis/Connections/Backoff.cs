namespace Salon.Redis.Connections;

/// <summary>
/// How long to wait before the next attempt: twice as long each time, up to a limit, and never quite, so that many clients do not come back
/// in step. Used by one loop.
/// </summary>
internal sealed class Backoff(RedisOptions options)
{
    private TimeSpan _next = options.MinReconnectDelay;

    public TimeSpan Next()
    {
        var delay = _next;
        _next = _next * 2 < options.MaxReconnectDelay ? _next * 2 : options.MaxReconnectDelay;
        return delay * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    /// <summary>Waits the longest from now on: trying soon will not help.</summary>
    public void Slow() => _next = options.MaxReconnectDelay;

    public void Reset() => _next = options.MinReconnectDelay;
}
