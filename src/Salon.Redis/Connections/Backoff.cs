namespace Salon.Redis.Connections;

/// <summary>
/// How long to wait before the next attempt: twice as long each time, up to a limit, and never quite, so that many clients do not come back
/// in step. Used by one loop.
/// </summary>
internal sealed class Backoff(RedisOptions options)
{
    private TimeSpan _next = options.MinReconnectDelay;
    private TimeSpan _last;

    public TimeSpan Next()
    {
        _last = _next * (0.5 + (Random.Shared.NextDouble() / 2));
        _next = _next * 2 < options.MaxReconnectDelay ? _next * 2 : options.MaxReconnectDelay;
        return _last;
    }

    /// <summary>Waits the longest: trying soon will not help.</summary>
    public void Slow() => _next = options.MaxReconnectDelay;

    /// <summary>Starts from the shortest again, if the connection that was waited for was worth it.</summary>
    public void OnLasted(TimeSpan time)
    {
        if (time > _last)
        {
            _next = options.MinReconnectDelay;
        }
    }
}
