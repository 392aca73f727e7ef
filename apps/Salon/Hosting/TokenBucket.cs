namespace Salon.App.Hosting;

/// <summary>Allows a burst, and then so many a second. Used by one connection at a time; not thread-safe.</summary>
internal sealed class TokenBucket(int burst, int perSecond, TimeProvider timeProvider)
{
    private double _tokens = burst;
    private long _filledAt = timeProvider.GetTimestamp();

    /// <summary>Takes a token.</summary>
    /// <param name="retryAfter">In how long there will be one, when there is none.</param>
    public bool TryTake(out TimeSpan retryAfter)
    {
        var now = timeProvider.GetTimestamp();
        _tokens = Math.Min(burst, _tokens + (timeProvider.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond));
        _filledAt = now;

        if (_tokens >= 1)
        {
            _tokens--;
            retryAfter = TimeSpan.Zero;
            return true;
        }

        retryAfter = TimeSpan.FromSeconds((1 - _tokens) / perSecond);
        return false;
    }
}
