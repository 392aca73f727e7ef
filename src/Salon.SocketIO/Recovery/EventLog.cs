namespace Salon.SocketIO.Recovery;

/// <summary>
/// The last events of a namespace, in order, bounded in time and bytes. Guarded by the lock of its <see cref="RecoveryStore"/>.
/// </summary>
internal sealed class EventLog(TimeProvider time, TimeSpan retention, long maxBytes)
{
    private readonly Queue<LoggedEvent> _events = new();
    private long _bytes;

    /// <summary>The place of the newest event, and the offset of whoever has got all.</summary>
    public EventPlace Head { get; private set; }

    /// <summary>The place of the last event that went before its time: whoever missed it has missed it for good.</summary>
    public EventPlace LostUpTo { get; private set; }

    public bool IsEmpty => _events.Count == 0;

    /// <summary>Keeps an event, whose place is behind all others.</summary>
    /// <returns>The event as clients get it: with its offset, unless it asks for an answer.</returns>
    public EncodedPacket Add(EventPlace place, EncodedPacket packet, BroadcastOptions options)
    {
        var stamped = Stamp(packet, place);
        var added = new LoggedEvent(place, time.GetTimestamp(), stamped.Message, options, packet.Header.Id);

        Head = place;
        _events.Enqueue(added);
        _bytes += added.Size;
        RemoveOld();

        while (_bytes > maxBytes)
        {
            LostUpTo = Remove().Place;
        }

        return stamped;
    }

    /// <summary>Goes past something that is not kept.</summary>
    public void MoveTo(EventPlace place) => Head = place;

    /// <summary>
    /// An event with the place of the last one that is kept: so the offset of a client that takes the event's last argument for one stays a
    /// valid one.
    /// </summary>
    public static EncodedPacket Stamp(EncodedPacket packet, EventPlace place) => packet.Header.Id is null ? packet.WithLastArgument(place.ToString()) : packet;

    public IEnumerable<LoggedEvent> After(EventPlace place) => _events.SkipWhile(entry => entry.Place <= place);

    public void RemoveOld()
    {
        while (_events.TryPeek(out var oldest) && time.GetElapsedTime(oldest.EmittedAt) >= retention)
        {
            Remove();
        }
    }

    private LoggedEvent Remove()
    {
        var removed = _events.Dequeue();
        _bytes -= removed.Size;
        return removed;
    }
}
