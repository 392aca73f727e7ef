using System.Diagnostics.CodeAnalysis;

namespace Salon.EngineIO.Sessions;

/// <summary>
/// What waits to be sent to one client, bounded by what it costs. Many threads may add; only the drain that holds the lease takes.
/// The lock protects all fields; no drain is called under it.
/// </summary>
internal sealed class SendQueue(long maxBytes)
{
    private readonly Lock _gate = new();
    private MessageRing _ring = new();
    private QueueBound _bound = new(maxBytes);
    private long _pong = -1;
    private bool _isCompleted;
    private IQueueDrain? _drain;
    private TaskCompletionSource? _room;

    public int Count => _ring.Count;

    /// <summary>What is queued costs so much memory.</summary>
    public long Bytes => _ring.Bytes;

    /// <summary>Adds a message with its attachments.</summary>
    public QueueStatus TryAdd(EngineMessage message, bool isVolatile = false) => TryAdd(message, isVolatile, isPong: false);

    /// <summary>
    /// Adds the answer to a ping, in the place of one that still waits (RFC 6455, section 5.5.3): who asks and does not read gets one answer.
    /// </summary>
    public QueueStatus TryAddPong(EngineMessage pong) => TryAdd(pong, isVolatile: false, isPong: true);

    /// <summary>
    /// Completes when at most half of the bound is taken, or nothing will ever be taken out again.
    /// </summary>
    /// <param name="isFirst">Whether nobody waited before.</param>
    public Task WaitForRoomAsync(out bool isFirst)
    {
        lock (_gate)
        {
            isFirst = false;

            if (HasRoom)
            {
                return Task.CompletedTask;
            }

            isFirst = _room is null;

            // Continuations must not run on the thread that writes.
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
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
                _ring.Clear();
                _bound.OnTaken(_ring);
            }

            foreach (var message in last)
            {
                _ring.Push(message);
            }

            SignalRoom();
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

        // Also of a queue that has ended with nothing in it, of which nobody would ever tell.
        if (Count > 0 || _isCompleted)
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

            while (Count > 0 && taken.Count < countLimit && (taken.Count == 0 || bytes + _ring.First.Body.Length <= byteLimit))
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
                var frame = _ring.First.Frame;

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

    private QueueStatus TryAdd(EngineMessage message, bool isVolatile, bool isPong)
    {
        IQueueDrain? drain;

        lock (_gate)
        {
            if (_isCompleted)
            {
                return QueueStatus.Completed;
            }

            drain = _drain;

            if (isVolatile && drain is not { IsWritable: true })
            {
                return QueueStatus.Dropped;
            }

            if (isPong && _ring.TryReplace(_pong, message))
            {
                // Whoever drains knows of it already.
                return QueueStatus.Added;
            }

            if (!_bound.TryAdmit(message, _ring))
            {
                return QueueStatus.Full;
            }

            _pong = isPong ? _ring.End : _pong;
            _ring.Push(message);
        }

        drain?.OnQueued();
        return QueueStatus.Added;
    }

    private bool HasRoom => _isCompleted || _bound.HasRoom(_ring.Bytes);

    private void SignalRoom()
    {
        if (_room is not null && HasRoom)
        {
            _room.SetResult();
            _room = null;
        }
    }

    private EngineMessage Pop()
    {
        var message = _ring.Pop();
        _bound.OnTaken(_ring);
        SignalRoom();
        return message;
    }
}
