namespace Salon.SocketIO.Admin.Watching;

/// <summary>Lets so much through in a second, and no more. Thread-safe.</summary>
internal sealed class Sampler(int perSecond, TimeProvider time)
{
    private long _second;
    private int _count;

    public bool TryTake()
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var second = Interlocked.Exchange(ref _second, now);

        if (second != now)
        {
            // Two threads may both begin the second; a few too many do no harm.
            Interlocked.Exchange(ref _count, 0);
        }

        return Interlocked.Increment(ref _count) <= perSecond;
    }
}
