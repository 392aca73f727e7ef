using Salon.SocketIO.Clustering;
using Salon.Supervision;
using Salon.Timing;

namespace Salon.SocketIO.Recovery;

/// <summary>
/// The order in which a namespace emits: by its own count, or that of a log which servers share. Guarded by the lock of its
/// <see cref="RecoveryStore"/>, which it takes itself. As a deadline, it empties the log of a namespace in which nothing happens any more.
/// </summary>
internal sealed class EventOrder : Deadline
{
    private readonly Lock _gate;
    private readonly DeadlineScheduler _deadlines;
    private readonly TimeSpan _retention;
    private readonly EventLog _log;
    private readonly SharedEvents? _shared;
    private bool _isPruningDue;

    /// <param name="gate">The lock of the store.</param>
    /// <param name="options">How much is kept.</param>
    /// <param name="retention">How long.</param>
    /// <param name="deadlines">The deadlines of the server.</param>
    /// <param name="time">The clock.</param>
    /// <param name="guard">Calls that log.</param>
    /// <param name="cluster">The log that the servers of a cluster share, if they do.</param>
    public EventOrder(Lock gate, ConnectionStateRecovery options, TimeSpan retention, DeadlineScheduler deadlines, TimeProvider time, Guard guard, IClusterLog? cluster)
    {
        (_gate, _deadlines, _retention) = (gate, deadlines, retention);
        _log = new EventLog(time, retention, options.MaxLogBytes);
        _shared = cluster is null ? null : new SharedEvents(gate, _log, cluster, deadlines, time, guard);
    }

    /// <summary>The offset of whoever has got all.</summary>
    public EventPlace Head
    {
        get
        {
            lock (_gate)
            {
                return _shared?.Head ?? _log.Head;
            }
        }
    }

    /// <summary>Whoever missed something up to here cannot get it from here.</summary>
    public EventPlace LostUpTo
    {
        get
        {
            lock (_gate)
            {
                return _log.LostUpTo;
            }
        }
    }

    /// <summary>What the cluster emitted up to here is not known here.</summary>
    public EventPlace HeardSince
    {
        get
        {
            lock (_gate)
            {
                return _shared is { ReadFrom: var start } && start > _log.LostUpTo ? start : _log.LostUpTo;
            }
        }
    }

    /// <summary>Emits an event, which somebody may miss, or one that need not arrive. The event's offset goes with it either way.</summary>
    public void Emit(EncodedPacket packet, BroadcastOptions options, Action<EncodedPacket> deliver)
    {
        lock (_gate)
        {
            if (_shared is not null)
            {
                _shared.Emit(packet, options, deliver);
            }
            else
            {
                deliver(options.IsVolatile
                    ? EventLog.Stamp(packet, _log.Head)
                    : _log.Add(_log.Head with { Sequence = _log.Head.Sequence + 1 }, packet, options));
            }

            PlanPruning();
        }
    }

    /// <summary>An event of another server was read in the shared log.</summary>
    public void OnEvent(EventPlace place, EncodedPacket packet, BroadcastOptions options, Action<EncodedPacket> deliver)
    {
        lock (_gate)
        {
            _shared!.OnEvent(place, packet, options, deliver);
            PlanPruning();
        }
    }

    /// <summary>An event of this server was read in the shared log.</summary>
    public void OnOwnEvent(EventPlace place, long number)
    {
        lock (_gate)
        {
            _shared!.OnOwnEvent(place, number);
            PlanPruning();
        }
    }

    /// <summary>Somebody is about to leave a room or the namespace: what was emitted for them before comes first.</summary>
    public void OnLeaving(Socket socket)
    {
        if (_shared is not null)
        {
            lock (_gate)
            {
                _shared.OnLeaving(socket);
            }
        }
    }

    /// <summary>The events behind a place. To be read with the lock held.</summary>
    public IEnumerable<LoggedEvent> After(EventPlace place) => _log.After(place);

    protected internal override void OnDue()
    {
        lock (_gate)
        {
            _isPruningDue = false;
            _log.RemoveOld();
            PlanPruning();
        }
    }

    private void PlanPruning()
    {
        if (!_isPruningDue && !_log.IsEmpty)
        {
            _isPruningDue = true;
            _deadlines.Schedule(this, _retention);
        }
    }
}
