namespace Salon.EngineIO.Sessions;

/// <summary>
/// Messages in the order in which they came, and what they cost: a ring that holds no memory while it is empty. Not thread-safe.
/// </summary>
internal struct MessageRing()
{
    private const int InitialCapacity = 4;

    private EngineMessage[] _items = [];
    private int _head;

    public int Count { get; private set; }

    /// <summary>What the messages cost in memory (<see cref="EngineMessage.PartCost"/>).</summary>
    public long Bytes { get; private set; }

    /// <summary>The number of the first message: that of those that were here before it.</summary>
    public long Start { get; private set; }

    /// <summary>The number that the next message gets.</summary>
    public readonly long End => Start + Count;

    public readonly EngineMessage First => _items[_head];

    /// <summary>Adds a message and its attachments, each as a message of its own.</summary>
    public void Push(EngineMessage message)
    {
        PushOne(message);

        foreach (var attachment in message.Attachments)
        {
            PushOne(attachment);
        }
    }

    public EngineMessage Pop()
    {
        var message = _items[_head];
        _items[_head] = null!;
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        Start++;
        Bytes -= message.PartCost;

        if (Count == 0 && _items.Length > InitialCapacity)
        {
            // A burst is over: an idle connection holds no array for the next one.
            (_items, _head) = ([], 0);
        }

        return message;
    }

    /// <summary>Puts a message without attachments in the place of another, if that is still here.</summary>
    /// <param name="number">The number of the other.</param>
    /// <param name="message">The message.</param>
    public bool TryReplace(long number, EngineMessage message)
    {
        if (number < Start || number >= End)
        {
            return false;
        }

        ref var item = ref _items[(_head + (int)(number - Start)) & (_items.Length - 1)];
        Bytes += message.PartCost - item.PartCost;
        item = message;
        return true;
    }

    public void Clear() => (_items, _head, Start, Count, Bytes) = ([], 0, End, 0, 0);

    private void PushOne(EngineMessage message)
    {
        if (Count == _items.Length)
        {
            Grow();
        }

        _items[(_head + Count) & (_items.Length - 1)] = message;
        Count++;
        Bytes += message.PartCost;
    }

    private void Grow()
    {
        // The length stays a power of two, so that an index wraps with a mask.
        var grown = new EngineMessage[Math.Max(InitialCapacity, _items.Length * 2)];

        for (var i = 0; i < Count; i++)
        {
            grown[i] = _items[(_head + i) & (_items.Length - 1)];
        }

        (_items, _head) = (grown, 0);
    }
}
