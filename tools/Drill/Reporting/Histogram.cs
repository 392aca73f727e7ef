using System.Diagnostics;

namespace Salon.Drills.Reporting;

/// <summary>How long things took, to within a few percent. Thread-safe.</summary>
internal sealed class Histogram
{
    // 16 buckets for each doubling of microseconds.
    private const int PerDoubling = 16;

    private readonly long[] _counts = new long[PerDoubling * 40];
    private long _max;

    public TimeSpan Max => TimeSpan.FromMicroseconds(Volatile.Read(ref _max));

    public long Count => _counts.Sum();

    public void Add(long startedAt)
    {
        var microseconds = Math.Max(1, (long)Stopwatch.GetElapsedTime(startedAt).TotalMicroseconds);
        var bucket = Math.Min(_counts.Length - 1, (int)(Math.Log2(microseconds) * PerDoubling));

        Interlocked.Increment(ref _counts[bucket]);

        for (var max = Volatile.Read(ref _max); microseconds > max; max = Volatile.Read(ref _max))
        {
            Interlocked.CompareExchange(ref _max, microseconds, max);
        }
    }

    /// <summary>The time that a share of all did not exceed.</summary>
    public TimeSpan Percentile(double share)
    {
        var left = (long)Math.Ceiling(Count * share);

        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            left -= _counts[bucket];

            if (left <= 0)
            {
                return TimeSpan.FromMicroseconds(Math.Pow(2, (bucket + 1.0) / PerDoubling));
            }
        }

        return Max;
    }
}
