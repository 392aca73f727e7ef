namespace Salon.EngineIO.Sessions;

/// <summary>
/// How much may wait in a queue. Messages that are larger than the whole bound wait beside it: they have their own, so that such a message
/// takes no room from what follows it, and one of them can always wait. Not thread-safe.
/// </summary>
internal struct QueueBound(long maxBytes)
{
    /// <summary>How many times the bound the large messages may take together.</summary>
    public const int LargeFactor = 4;

    private Queue<(long End, long Cost)>? _large;
    private long _largeBytes;

    /// <summary>Whether so little waits that whoever waits for room may go on. Half, so that it does not wake for each message.</summary>
    public readonly bool HasRoom(long bytes) => bytes <= maxBytes / 2;

    /// <summary>Whether the message may be added to the ring now; it must be, if so.</summary>
    public bool TryAdmit(EngineMessage message, in MessageRing ring)
    {
        var cost = message.Cost;

        if (cost <= maxBytes)
        {
            return ring.Bytes + cost <= maxBytes + _largeBytes;
        }

        if (_largeBytes > 0 && _largeBytes + cost > maxBytes * LargeFactor)
        {
            return false;
        }

        _largeBytes += cost;
        (_large ??= new()).Enqueue((ring.End + 1 + message.Attachments.Count, cost));
        return true;
    }

    /// <summary>Something was taken out: those large messages that have left do not count any more.</summary>
    public void OnTaken(in MessageRing ring)
    {
        while (_large is not null && _large.Peek().End <= ring.Start)
        {
            _largeBytes -= _large.Dequeue().Cost;

            if (_large.Count == 0)
            {
                _large = null;
            }
        }
    }
}
