namespace Salon.EngineIO.EventLoops;

/// <summary>
/// What a loop has to do between two looks at the kernel: the events that it brought, then what was postponed or deferred meanwhile. All
/// of it is taken by one thread, step by step, so that another can go on where a handler holds the first. The lock protects all fields;
/// nothing runs under it.
/// </summary>
internal sealed class LoopRound
{
    // What is written must not wait for hundreds of handlers.
    private const int StepsUntilDeferred = 32;

    private readonly Lock _gate = new();
    private readonly EPollEvents _events = new(capacity: 512);
    private readonly Queue<LoopSocket> _postponed = new();
    private readonly Queue<ILoopWork> _deferred = new();
    private int _owner;
    private bool _hasEnded;
    private int _untilDeferred = StepsUntilDeferred;
    private int _next;
    private int _count;
    private int _postponedOfRound;
    private long _steps;
    private bool _isWaiting;
    private long _changedAt = Environment.TickCount64;
    private long _lastLength;

    /// <summary>How many steps were taken. A round that stays at one for long is held by a handler.</summary>
    public long Steps => Volatile.Read(ref _steps);

    /// <summary>Whether its thread waits for the kernel, and so for nobody else.</summary>
    public bool IsWaiting => Volatile.Read(ref _isWaiting);

    /// <summary>How long the round takes already, or took when it has just ended: so long may what comes have to wait.</summary>
    public TimeSpan Lag
    {
        get
        {
            var since = Environment.TickCount64 - Volatile.Read(ref _changedAt);
            var last = Volatile.Read(ref _lastLength);
            return TimeSpan.FromMilliseconds(!IsWaiting ? Math.Max(since, last) : since < last ? last : 0);
        }
    }

    /// <summary>Takes the round away from the thread that has it, unless it just waits for the kernel.</summary>
    /// <param name="owner">The new owner.</param>
    public bool TryChangeOwner(out int owner)
    {
        lock (_gate)
        {
            var isFree = !_isWaiting && !_hasEnded;
            owner = isFree ? ++_owner : _owner;
            return isFree;
        }
    }

    /// <summary>Lets nobody take over any more; <see langword="false"/> when somebody has.</summary>
    public bool TryEnd(int owner)
    {
        lock (_gate)
        {
            _hasEnded |= _owner == owner;
            return _owner == owner;
        }
    }

    /// <summary>Asks the kernel for events; waits for one unless something was postponed.</summary>
    /// <returns><see langword="false"/> when another thread has the round.</returns>
    public bool TryRefill(int owner, SocketHandle epoll, LoopWatchdog watchdog)
    {
        int timeout;

        lock (_gate)
        {
            if (_owner != owner)
            {
                return false;
            }

            var now = Environment.TickCount64;
            Volatile.Write(ref _lastLength, now - _changedAt);
            Volatile.Write(ref _changedAt, now);
            Volatile.Write(ref _isWaiting, true);
            timeout = _postponed.Count > 0 ? 0 : Timeout.Infinite;
        }

        // The owner cannot change meanwhile, so nobody else touches the events.
        var count = _events.Wait(epoll, timeout);

        lock (_gate)
        {
            Volatile.Write(ref _changedAt, Environment.TickCount64);
            Volatile.Write(ref _isWaiting, false);
            (_next, _count) = (0, Math.Max(0, count));
            _postponedOfRound = _postponed.Count;
        }

        watchdog.OnRound();
        return true;
    }

    public bool TryPostpone(int owner, LoopSocket socket)
    {
        lock (_gate)
        {
            if (_owner != owner)
            {
                return false;
            }

            _postponed.Enqueue(socket);
            return true;
        }
    }

    public bool TryDefer(int owner, ILoopWork work)
    {
        lock (_gate)
        {
            if (_owner != owner)
            {
                return false;
            }

            _deferred.Enqueue(work);
            return true;
        }
    }

    /// <summary>Takes the next step; <see langword="false"/> when the round is done or another thread has it.</summary>
    public bool TryTake(int owner, out LoopStep step)
    {
        lock (_gate)
        {
            step = default;

            if (_owner != owner)
            {
                return false;
            }

            Volatile.Write(ref _steps, _steps + 1);

            if (_untilDeferred <= 0 && TryTakeDeferred(out step))
            {
                return true;
            }

            _untilDeferred = _untilDeferred <= 0 ? StepsUntilDeferred : _untilDeferred - 1;

            if (_next < _count)
            {
                var (events, slot) = _events.Get(_next++);
                step = new LoopStep(events, slot, null, null);
                return true;
            }

            if (_postponedOfRound > 0)
            {
                _postponedOfRound--;
                step = new LoopStep(0, default, _postponed.Dequeue(), null);
                return true;
            }

            return TryTakeDeferred(out step);
        }
    }

    private bool TryTakeDeferred(out LoopStep step)
    {
        var isTaken = _deferred.TryDequeue(out var work);
        step = new LoopStep(0, default, null, work);
        return isTaken;
    }
}
