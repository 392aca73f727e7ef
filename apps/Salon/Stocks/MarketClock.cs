namespace Salon.App.Stocks;

/// <summary>When the steps of the market are due. Used by one task.</summary>
internal sealed class MarketClock(TimeProvider time, TimeSpan step)
{
    // What lies further back, as after the machine has slept, nobody wants to hear any more.
    private const int MaxSteps = 240;

    private readonly long _step = (long)step.TotalMilliseconds;

    /// <summary>The end of the newest step that is over.</summary>
    public long Now
    {
        get
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            return now - (now % _step);
        }
    }

    /// <summary>The ends of all steps after a time.</summary>
    public IEnumerable<long> StepsAfter(long last)
    {
        var now = Now;

        for (var next = Math.Max(last + _step, now - ((MaxSteps - 1) * _step)); next <= now; next += _step)
        {
            yield return next;
        }
    }
}
