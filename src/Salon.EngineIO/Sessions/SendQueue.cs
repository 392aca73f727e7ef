using System.Diagnostics.CodeAnalysis;

namespace Salon.EngineIO.Sessions;

/// <summary>
/// What waits to be sent to one client, bounded in bytes. Many threads may add; only the drain that holds the lease takes.
/// The lock protects all fields; no drain is called under it.
/// </summary>
internal sealed class SendQueue(long maxBytes)
{
    private const int InitialCapacity = 4;

    private readonly Lock _gate = new();
    private EngineMessage[] _items = [];
    private int _head;
    private long _bytes;
    private bool _isCompleted;
    private IQueueDrain? _drain;

    public int Count { get; private set; }

    /// <summary>Adds a message with its attachments.</summary>
    public QueueStatus TryAdd(EngineMessage message, bool isVolatile = false)
    {
        IQueueDrain? drain;

        lock (_gate)
        {
            if (_isCompleted)
            {
                return QueueStatus.Completed;
            }

            drain = _drain;

            if (isVolatile && (Count > 0 || drain is not { IsWritable: true }))
            {
                return QueueStatus.Dropped;
            }

            // An empty queue takes a message of any size, or it could never be sent at all.
            if (Count > 0 && _bytes + message.Size > maxBytes)
            {
                return QueueStatus.Full;
            }

            Push(message);
        }

        drain?.OnQueued();
        return QueueStatus.Added;
    }

    /// <summary>Takes no more after these. The bound does not apply to them.</summary>
    /// <param name="discard">Whether what waits is thrown away.</param>
    /// <param name="last">The last messages, for example the packet that says goodbye.</param>
    public void Complete(bool discard, params ReadOnlySpan<EngineMessage> last)
    {
        IQueueDrain? drain;

        lock (_gate)
        {
            _isCompleted = true;
            drain = _drain;

            if (discard)
            {
                (_items, _head, Count, _bytes) = ([], 0, 0, 0);
            }

            foreach (var message in last)
            {
                Push(message);
            }
        }

        drain?.OnQueued();
    }

    /// <summary>Makes this the drain, or returns <see langword="false"/> when another holds the lease.</summary>
    public bool TryLease(IQueueDrain drain)
    {
        lock (_gate)
        {
            if (_drain is not null)
            {
                return false;
            }

            _drain = drain;
        }

        if (Count > 0)
        {
            drain.OnQueued();
        }

        return true;
    }

    /// <summary>Makes this the drain, whoever held the lease before: a poll that loses it finds nothing to take.</summary>
    public void TakeOver(IQueueDrain drain)
    {
        lock (_gate)
        {
            _drain = drain;
        }

        drain.OnQueued();
    }

    /// <summary>
    /// Gives the lease back and takes messages, up to a number of them and of bytes but at least one: the two in one step,
    /// so that whoever leases next finds exactly what is left.
    /// </summary>
    public List<EngineMessage> ReleaseAndTake(IQueueDrain drain, int countLimit, long byteLimit)
    {
        var taken = new List<EngineMessage>();
        long bytes = 0;

        lock (_gate)
        {
            if (_drain != drain)
            {
                return taken;
            }

            _drain = null;

            while (Count > 0 && taken.Count < countLimit && (taken.Count == 0 || bytes + _items[_head].Body.Length <= byteLimit))
            {
                var message = Pop();
                bytes += message.Body.Length;
                taken.Add(message);
            }
        }

        return taken;
    }

    /// <summary>Copies as many whole frames into the buffer as fit, and removes them.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="large">A frame that does not fit even into an empty buffer; it is removed too.</param>
    /// <returns>The number of bytes copied.</returns>
    public int TakeFrames(Span<byte> buffer, out ReadOnlyMemory<byte> large)
    {
        large = default;
        var length = 0;

        lock (_gate)
        {
            while (Count > 0)
            {
                var frame = _items[_head].Frame;

                if (frame.Length > buffer.Length - length)
                {
                    if (length == 0)
                    {
                        large = Pop().Frame;
                    }

                    break;
                }

                frame.Span.CopyTo(buffer[length..]);
                length += frame.Length;
                Pop();
            }
        }

        return length;
    }

    public bool TryTake([NotNullWhen(true)] out EngineMessage? message)
    {
        lock (_gate)
        {
            message = Count > 0 ? Pop() : null;
            return message is not null;
        }
    }

    private void Push(EngineMessage message)
    {
        PushOne(message);

        foreach (var attachment in message.Attachments)
        {
            PushOne(attachment);
        }
    }

    private void PushOne(EngineMessage message)
    {
        if (Count == _items.Length)
        {
            Grow();
        }

        _items[(_head + Count) & (_items.Length - 1)] = message;
        Count++;
        _bytes += message.Frame.Length;
    }

    private EngineMessage Pop()
    {
        var message = _items[_head];
        _items[_head] = null!;
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        _bytes -= message.Frame.Length;

        if (Count == 0 && _items.Length > InitialCapacity)
        {
            // A burst is over: an idle connection holds no array for the next one.
            (_items, _head) = ([], 0);
        }

        return message;
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
