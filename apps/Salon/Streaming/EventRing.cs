using System.Diagnostics.CodeAnalysis;

namespace Salon.App.Streaming;

/// <summary>
/// The newest events of one epoch. One thread at a time adds; any number read, without a lock: an event knows its place, so who comes after
/// it was overwritten sees that.
/// </summary>
internal sealed class EventRing
{
    private readonly StreamEvent?[] _events;
    private readonly long _start;
    private long _head;

    /// <param name="epoch">The epoch.</param>
    /// <param name="capacity">How many events are kept.</param>
    /// <param name="head">How many events of the epoch there were before this ring.</param>
    public EventRing(string epoch, int capacity, long head = 0)
    {
        Epoch = epoch;
        _events = new StreamEvent?[capacity];
        _start = _head = head;
    }

    public string Epoch { get; }

    /// <summary>The sequence of the newest event.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>The sequence before the oldest event that is still there: whoever knows less has missed something.</summary>
    public long Tail => Math.Max(_start, Head - _events.Length);

    public StreamEvent Add(in NewEvent added)
    {
        var next = new StreamEvent(new StreamId(Epoch, _head + 1), added);
        Volatile.Write(ref _events[next.Sequence % _events.Length], next);
        Volatile.Write(ref _head, next.Sequence);
        return next;
    }

    /// <summary>Finds an event; <see langword="false"/> when it is not there yet, or not any more.</summary>
    public bool TryGet(long sequence, [NotNullWhen(true)] out StreamEvent? found)
    {
        found = sequence > 0 ? Volatile.Read(ref _events[sequence % _events.Length]) : null;
        return found?.Sequence == sequence;
    }
}
