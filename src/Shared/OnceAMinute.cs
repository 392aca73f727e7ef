namespace Salon.Timing;

/// <summary>Lets something be said, and then not again for a minute: a flood of it is not worth a flood of lines. Thread-safe.</summary>
internal sealed class OnceAMinute(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private long _saidAt = long.MinValue;

    /// <summary>Whether it is to be said now: of several who ask at once, one is told so.</summary>
    public bool TryTake()
    {
        var (said, now) = (Volatile.Read(ref _saidAt), time.GetTimestamp());

        return (said == long.MinValue || time.GetElapsedTime(said, now) >= Pause) && Interlocked.CompareExchange(ref _saidAt, now, said) == said;
    }
}
