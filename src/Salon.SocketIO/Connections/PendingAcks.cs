using Salon.Timing;

namespace Salon.SocketIO.Connections;

/// <summary>
/// The answers that the server waits for from one socket. An entry leaves by its answer, by its deadline, or when the socket disconnects,
/// whichever comes first. Thread-safe; nobody is called under the lock.
/// </summary>
internal sealed class PendingAcks
{
    private readonly Lock _gate = new();
    private Dictionary<long, PendingAck>? _waiting;
    private DisconnectReason? _closedBy;
    private bool _isClosed;

    public void Add(long id, PendingAck ack)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                (_waiting ??= []).Add(id, ack);
                return;
            }
        }

        ack.Fail(new SocketDisconnectedException(_closedBy));
    }

    public bool TryRemove(long id)
    {
        lock (_gate)
        {
            return _waiting?.Remove(id) ?? false;
        }
    }

    public bool IsWaiting(long id)
    {
        lock (_gate)
        {
            return _waiting?.ContainsKey(id) ?? false;
        }
    }

    public PendingAck? Take(long id)
    {
        lock (_gate)
        {
            return _waiting is not null && _waiting.Remove(id, out var ack) ? ack : null;
        }
    }

    /// <summary>Fails everything that is waited for, and whatever will be.</summary>
    public void Close(DisconnectReason? reason, DeadlineScheduler deadlines)
    {
        Dictionary<long, PendingAck>? waiting;

        lock (_gate)
        {
            _isClosed = true;
            _closedBy = reason;
            waiting = _waiting;
            _waiting = null;
        }

        foreach (var ack in waiting?.Values ?? Enumerable.Empty<PendingAck>())
        {
            deadlines.Cancel(ack);
            ack.Fail(new SocketDisconnectedException(reason));
        }
    }
}
