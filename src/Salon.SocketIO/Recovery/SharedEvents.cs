using Salon.SocketIO.Clustering;
using Salon.Supervision;
using Salon.Timing;

namespace Salon.SocketIO.Recovery;

/// <summary>
/// The order of events in a namespace whose log servers share: what this server emits is delivered when it is read in the log, like what
/// others emit, so that an offset means the same everywhere. When that takes too long it is delivered <b>ahead</b> of the log, and not again
/// when it is read. Guarded by the lock of its <see cref="RecoveryStore"/>; as a deadline, it looks whether something has waited too long.
/// </summary>
internal sealed class SharedEvents(Lock gate, EventLog log, IClusterLog cluster, DeadlineScheduler deadlines, TimeProvider time, Guard guard) : Deadline
{
    private const int MaxPending = 100_000;

    // A round trip to Redis takes a millisecond, and a busy one some.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Queue<PendingEvent> _pending = new();
    private long _lastRead;
    private long _aheadUpTo;
    private bool _isAhead;
    private (long Number, long Since)? _probe;
    private bool _isWatching;
    private EventPlace? _readFrom;

    /// <summary>What others emitted up to here, this server has not heard.</summary>
    public EventPlace ReadFrom
    {
        get
        {
            if (_readFrom is null && EventPlace.TryParse(guard.Ask("IClusterLog.Place", cluster, static cluster => cluster.Place, otherwise: null), out var place))
            {
                _readFrom = place;
            }

            return _readFrom ?? default;
        }
    }

    /// <summary>The place of whoever has got all.</summary>
    public EventPlace Head
    {
        get
        {
            if (log.Head < ReadFrom)
            {
                log.MoveTo(ReadFrom);
            }

            return log.Head with { IsOwn = IsAmbiguous };
        }
    }

    /// <summary>Whether the log has events for others that this server's clients got before: an offset does not tell which.</summary>
    private bool IsAmbiguous => _lastRead < _aheadUpTo;

    /// <summary>Emits an event of this server.</summary>
    public void Emit(EncodedPacket packet, BroadcastOptions options, Action<EncodedPacket> deliver)
    {
        if (!guard.Ask("IClusterLog.IsAvailable", cluster, static cluster => cluster.IsAvailable, otherwise: false))
        {
            GoAhead();
        }

        // A question waits for its answer here, and nowhere else.
        var isShared = !options.IsLocal && packet.Header.Id is null;
        var number = isShared ? Append(packet, options) : 0;

        if (options.IsVolatile)
        {
            deliver(EventLog.Stamp(packet, Head));
            return;
        }

        var added = new PendingEvent(number, packet, options, deliver, time.GetTimestamp());

        if (_isAhead || (number == 0 && _pending.Count == 0))
        {
            Deliver(added);
            return;
        }

        _pending.Enqueue(added);
        Watch();

        if (_pending.Count > MaxPending)
        {
            GoAhead();
        }
    }

    /// <summary>An event of another server was read.</summary>
    public void OnEvent(EventPlace entry, EncodedPacket packet, BroadcastOptions options, Action<EncodedPacket> deliver)
    {
        var place = PlaceAt(entry);

        if (options.IsVolatile)
        {
            deliver(EventLog.Stamp(packet, Head));
        }
        else
        {
            deliver(log.Add(place, packet, options));
        }
    }

    /// <summary>An event of this server was read.</summary>
    public void OnOwnEvent(EventPlace entry, long number)
    {
        _lastRead = Math.Max(_lastRead, number);
        LookAtProbe();

        // What the log did not take, and what waited behind it.
        while (_pending.TryPeek(out var first) && first.Number < number)
        {
            Deliver(_pending.Dequeue());
        }

        var place = PlaceAt(entry);

        if (!_pending.TryPeek(out var pending) || pending.Number != number)
        {
            // Delivered ahead, or volatile.
            log.MoveTo(place);
            return;
        }

        _pending.Dequeue();
        pending.Deliver(log.Add(place, pending.Packet, pending.Options));

        while (_pending.TryPeek(out var next) && next.Number == 0)
        {
            Deliver(_pending.Dequeue());
        }
    }

    /// <summary>Somebody is about to leave a room or the namespace: what was emitted for them before comes first.</summary>
    public void OnLeaving(Socket socket)
    {
        if (_pending.Count > 0 && socket.Rooms is var rooms && _pending.Any(pending => pending.Options.IsFor(rooms)))
        {
            GoAhead();
        }
    }

    protected internal override void OnDue()
    {
        lock (gate)
        {
            _isWatching = false;

            if (_pending.TryPeek(out var first))
            {
                if (time.GetElapsedTime(first.Since) >= Patience)
                {
                    GoAhead();
                }
                else
                {
                    Watch();
                }
            }
        }
    }

    private long Append(EncodedPacket packet, BroadcastOptions options)
    {
        // One that fails had no room: the event is delivered here in its turn.
        var number = guard.Ask(
            "IClusterLog.Append",
            (Log: cluster, Message: new ClusterMessage(ClusterMessageType.Broadcast) { Event = packet.ToRawJson(), Options = options }),
            static entry => entry.Log.Append(entry.Message),
            otherwise: 0);

        if (_isAhead && number > 0)
        {
            _probe ??= (number, time.GetTimestamp());
        }

        return number;
    }

    /// <summary>While ahead, one event at a time shows how long it takes to be read. When it is short again, the log leads.</summary>
    private void LookAtProbe()
    {
        if (_probe is var (number, since) && number <= _lastRead)
        {
            _probe = null;
            _isAhead = time.GetElapsedTime(since) > Patience / 2;
        }
    }

    private void GoAhead()
    {
        _isAhead = true;

        while (_pending.TryDequeue(out var pending))
        {
            Deliver(pending);
        }
    }

    /// <summary>Delivers an event behind the last one, without a place of its own in the log.</summary>
    private void Deliver(in PendingEvent pending)
    {
        _aheadUpTo = Math.Max(_aheadUpTo, pending.Number);
        pending.Deliver(log.Add(Head with { Step = Head.Step + 1 }, pending.Packet, pending.Options));
    }

    /// <summary>The place of an entry. It is behind all others, whatever a Redis with another clock says.</summary>
    private EventPlace PlaceAt(EventPlace entry) => entry > Head ? entry with { IsOwn = IsAmbiguous } : Head with { Step = Head.Step + 1 };

    private void Watch()
    {
        if (!_isWatching)
        {
            _isWatching = true;
            deadlines.Schedule(this, Patience);
        }
    }
}
