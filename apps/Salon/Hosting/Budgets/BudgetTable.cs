using System.Collections.Concurrent;

namespace Salon.App.Hosting.Budgets;

/// <summary>
/// A bucket of tokens for each key, whoever comes and goes: it is kept until it is full again, when nothing would be lost with it, so that
/// nobody gets a new one by coming back. Bounded: keys that find no place share one bucket. Thread-safe; a bucket is its own lock.
/// </summary>
/// <param name="rate">What each key may use.</param>
/// <param name="time">The clock.</param>
/// <param name="capacity">How many keys are known at most.</param>
internal sealed class BudgetTable<TKey>(Rate rate, TimeProvider time, int capacity = BudgetTable<TKey>.DefaultCapacity)
    where TKey : notnull
{
    public const int DefaultCapacity = 100_000;

    // No timer: whoever comes looks now and then which buckets are full.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();
    private readonly Entry _shared = new(new TokenBucket(rate, time));
    private long _sweptAt = time.GetTimestamp();
    private int _count;

    /// <summary>How many keys have used something lately.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <inheritdoc cref="TokenBucket.TryTake(double, out TimeSpan)"/>
    public bool TryTake(TKey key, double amount, out TimeSpan retryAfter)
    {
        SweepIfDue();

        while (true)
        {
            var entry = Find(key);

            lock (entry)
            {
                if (!entry.IsForgotten)
                {
                    return entry.Bucket.TryTake(amount, out retryAfter);
                }
            }
        }
    }

    /// <inheritdoc cref="TokenBucket.Charge"/>
    public void Charge(TKey key, double amount) => Change(key, -amount);

    /// <inheritdoc cref="TokenBucket.Return"/>
    public void Return(TKey key, double amount) => Change(key, amount);

    private void Change(TKey key, double amount)
    {
        while (true)
        {
            var entry = Find(key);

            lock (entry)
            {
                if (entry.IsForgotten)
                {
                    continue;
                }

                if (amount < 0)
                {
                    entry.Bucket.Charge(-amount);
                }
                else
                {
                    entry.Bucket.Return(amount);
                }

                return;
            }
        }
    }

    private Entry Find(TKey key)
    {
        if (_entries.TryGetValue(key, out var entry))
        {
            return entry;
        }

        if (Interlocked.Increment(ref _count) > capacity)
        {
            Interlocked.Decrement(ref _count);
            return _shared;
        }

        var made = new Entry(new TokenBucket(rate, time));
        entry = _entries.GetOrAdd(key, made);

        if (entry != made)
        {
            Interlocked.Decrement(ref _count);
        }

        return entry;
    }

    private void SweepIfDue()
    {
        var sweptAt = Volatile.Read(ref _sweptAt);
        var now = time.GetTimestamp();

        if (time.GetElapsedTime(sweptAt, now) < SweepInterval || Interlocked.CompareExchange(ref _sweptAt, now, sweptAt) != sweptAt)
        {
            return;
        }

        foreach (var (key, entry) in _entries)
        {
            lock (entry)
            {
                if (!entry.Bucket.IsFull)
                {
                    continue;
                }

                // Whoever has found it already looks again.
                entry.IsForgotten = true;
            }

            _entries.TryRemove(key, out _);
            Interlocked.Decrement(ref _count);
        }
    }

    private sealed class Entry(TokenBucket bucket)
    {
        public TokenBucket Bucket => bucket;

        public bool IsForgotten { get; set; }
    }
}
