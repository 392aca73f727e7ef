namespace Salon.SocketIO.Recovery;

/// <summary>
/// The last events of a namespace, in order, bounded in time and bytes. Guarded by the lock of its <see cref="RecoveryStore"/>.
/// </summary>
internal sealed class EventLog(TimeProvider time, TimeSpan retention, long maxBytes)
{
    private readonly Queue<LoggedEvent> _events = new();
    private long _bytes;

    /// <summary>The number of the newest event, and the offset of whoever has got all.</summary>
    public long Head { get; private set; }

    /// <summary>The number of the last event that went before its time: whoever missed it has missed it for good.</summary>
    public long LostUpTo { get; private set; }

    public bool IsEmpty => _events.Count == 0;

    /// <summary>The number that the next event will have.</summary>
    public long NextNumber => Head + 1;

    public void Add(LoggedEvent added)
    {
        Head = added.Number;
        _events.Enqueue(added);
        _bytes += added.Size;
        RemoveOld();

        while (_bytes > maxBytes)
        {
            LostUpTo = Remove().Number;
        }
    }

    public IEnumerable<LoggedEvent> After(long number) => _events.SkipWhile(entry => entry.Number <= number);

    public void RemoveOld()
    {
        while (_events.TryPeek(out var oldest) && time.GetElapsedTime(oldest.EmittedAt) > retention)
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
