namespace Salon.App.Hosting.Budgets;

/// <summary>How much at once, and how much more each second.</summary>
internal readonly record struct Rate(double Burst, double PerSecond);

/// <summary>Allows a burst, and then so much a second. Guarded by whoever owns it; not thread-safe.</summary>
internal sealed class TokenBucket(Rate rate, TimeProvider timeProvider)
{
    private double _tokens = rate.Burst;
    private long _filledAt = timeProvider.GetTimestamp();

    /// <summary>Whether nothing is known of it any more: a new one would be the same.</summary>
    public bool IsFull
    {
        get
        {
            Fill();
            return _tokens >= rate.Burst;
        }
    }

    /// <summary>
    /// Takes tokens. What costs more than there can ever be is allowed when the bucket is full, and then owed: else it would never be.
    /// </summary>
    /// <param name="amount">How many.</param>
    /// <param name="retryAfter">In how long there will be enough, when there are not.</param>
    public bool TryTake(double amount, out TimeSpan retryAfter)
    {
        Fill();
        var needed = Math.Min(amount, rate.Burst);

        if (_tokens >= needed)
        {
            _tokens -= amount;
            retryAfter = TimeSpan.Zero;
            return true;
        }

        // Rounded up: who comes again in just that time has enough.
        retryAfter = TimeSpan.FromTicks((long)Math.Ceiling((needed - _tokens) / rate.PerSecond * TimeSpan.TicksPerSecond));
        return false;
    }

    /// <inheritdoc cref="TryTake(double, out TimeSpan)"/>
    public bool TryTake(out TimeSpan retryAfter) => TryTake(1, out retryAfter);

    /// <summary>Takes what was used already, whose cost nobody could know before. The bucket may then owe tokens.</summary>
    public void Charge(double amount)
    {
        Fill();
        _tokens -= amount;
    }

    /// <summary>Gives tokens back that were not used.</summary>
    public void Return(double amount) => _tokens = Math.Min(rate.Burst, _tokens + amount);

    private void Fill()
    {
        var now = timeProvider.GetTimestamp();
        _tokens = Math.Min(rate.Burst, _tokens + (timeProvider.GetElapsedTime(_filledAt, now).TotalSeconds * rate.PerSecond));
        _filledAt = now;
    }
}
