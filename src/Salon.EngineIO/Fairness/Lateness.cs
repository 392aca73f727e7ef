using Salon.Collections;
using Salon.EngineIO.EventLoops;

namespace Salon.EngineIO.Fairness;

/// <summary>How long what comes has to wait at the moment before anything is done for it. Thread-safe, except that one looks at a time.</summary>
/// <param name="time">The clock.</param>
/// <param name="queue">Queues to the thread pool.</param>
internal sealed class Lateness(TimeProvider time, Action<IThreadPoolWorkItem> queue) : IThreadPoolWorkItem
{
    private readonly CopyOnWriteList<EventLoop> _loops = new();
    private readonly CopyOnWriteList<Func<TimeSpan>> _others = new();
    private readonly Lock _gate = new();
    private long _queuedAt;
    private long _poolTicks;
    private volatile bool _isQueued;

    public Lateness(TimeProvider time)
        : this(time, static probe => ThreadPool.UnsafeQueueUserWorkItem(probe, preferLocal: false))
    {
    }

    /// <summary>Looks at this event loop, too.</summary>
    public void Watch(EventLoop loop)
    {
        // There is one for each processor, and all but the first few calls find theirs.
        if (Array.IndexOf(_loops.Items, loop) >= 0)
        {
            return;
        }

        lock (_gate)
        {
            if (Array.IndexOf(_loops.Items, loop) < 0)
            {
                _loops.Add(loop);
            }
        }
    }

    /// <summary>Looks at this, too, which must not throw.</summary>
    public void Watch(Func<TimeSpan> look) => _others.Add(look);

    /// <summary>The longest wait: that of the thread pool since the last look, or of an event loop.</summary>
    public TimeSpan Look()
    {
        var longest = LookAtPool();

        foreach (var loop in _loops.Items)
        {
            longest = loop.Lag > longest ? loop.Lag : longest;
        }

        foreach (var look in _others.Items)
        {
            var other = look();
            longest = other > longest ? other : longest;
        }

        return longest;
    }

    /// <summary>The probe's turn has come.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _poolTicks, time.GetElapsedTime(_queuedAt).Ticks);
        _isQueued = false;
    }

    /// <summary>Sends the next probe, unless one is still on its way. (A timer would not tell: the pool takes what timers bring before all else.)</summary>
    private TimeSpan LookAtPool()
    {
        if (_isQueued)
        {
            return time.GetElapsedTime(_queuedAt);
        }

        _queuedAt = time.GetTimestamp();
        _isQueued = true;
        queue(this);
        return new TimeSpan(Volatile.Read(ref _poolTicks));
    }
}
