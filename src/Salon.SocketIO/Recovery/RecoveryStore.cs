using System.Globalization;
using System.Text.Json;
using Salon.EngineIO;
using Salon.Timing;

namespace Salon.SocketIO.Recovery;

/// <summary>
/// The memory of one namespace for clients that lost their connection: what was emitted, and who is away. The lock makes one order of
/// emitting, delivering and admitting, so that a client that comes back gets each event once: either again, or as it happens.
/// </summary>
internal sealed class RecoveryStore
{
    private readonly Lock _gate = new();
    private readonly ConnectionStateRecovery _options;
    private readonly TimeProvider _time;
    private readonly EventLog _log;
    private readonly AwaySessions _away;
    private readonly Dictionary<string, Socket> _present = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskCompletionSource> _awaited = new(StringComparer.Ordinal);
    private readonly Pruning _pruning;
    private bool _isPruningDue;

    public RecoveryStore(SocketIOOptions options, ConnectionStateRecovery recovery, DeadlineScheduler deadlines, TimeProvider time)
    {
        // What was on its way when the connection broke was emitted before the loss was noticed.
        var retention = recovery.MaxDisconnectionDuration + options.PingInterval + options.PingTimeout;

        _options = recovery;
        Deadlines = deadlines;
        _away = new AwaySessions(deadlines, recovery);
        _time = time;
        _log = new EventLog(time, retention, recovery.MaxLogBytes);
        _pruning = new Pruning(this, retention);
    }

    public DeadlineScheduler Deadlines { get; }

    public bool SkipsMiddleware => _options.SkipMiddlewares;

    /// <summary>Emits an event, which somebody may miss, or one that need not arrive. The event's offset goes with it either way.</summary>
    public void Emit(EncodedPacket packet, IReadOnlyList<string> rooms, IReadOnlyList<string> except, bool isVolatile, Action<EncodedPacket> deliver)
    {
        lock (_gate)
        {
            // A volatile event is not kept; its offset is that of the last one that is, so that the client's stays a valid one.
            var number = isVolatile ? _log.Head : _log.NextNumber;
            var stamped = packet.Header.Id is null ? packet.WithLastArgument(number.ToString(CultureInfo.InvariantCulture)) : packet;

            if (!isVolatile)
            {
                _log.Add(new LoggedEvent(number, _time.GetTimestamp(), stamped.Message, rooms, except, packet.Header.Id));
                PlanPruning();
            }

            deliver(stamped);
        }
    }

    /// <summary>Emits an event to one socket. It is kept for a socket that is away, and for no other that is gone.</summary>
    public void Emit(Socket socket, EncodedPacket packet, bool isVolatile, Action<EncodedPacket> deliver)
    {
        lock (_gate)
        {
            if (socket.PrivateId is { } id && (_present.ContainsKey(id) || _away.Contains(id)))
            {
                Emit(packet, [socket.Id], [], isVolatile, deliver);
                return;
            }
        }

        // In the middleware: the client has no state yet that it could lose.
        deliver(packet);
    }

    /// <summary>Takes what a client left behind, once. Whoever knows the private id is the client: an older connection of it is closed.</summary>
    public async ValueTask<SavedSession?> TakeAsync(JsonElement auth, EngineSession connection)
    {
        if (auth.ValueKind != JsonValueKind.Object
            || !auth.TryGetProperty("pid", out var pid)
            || pid.ValueKind != JsonValueKind.String
            || pid.GetString() is not { } privateId)
        {
            return null;
        }

        await CloseStaleAsync(privateId, connection);

        lock (_gate)
        {
            var session = _away.Take(privateId);

            if (session is null || TryReadOffset(auth, session))
            {
                return session;
            }

            session.Abandon();
            return null;
        }
    }

    /// <summary>Keeps the state of a socket whose connection was lost.</summary>
    public void Save(SavedSession session)
    {
        SavedSession? forgotten;

        lock (_gate)
        {
            OnGone(session.PrivateId);
            forgotten = _away.Add(session);
        }

        forgotten?.Abandon();
    }

    /// <summary>A socket is gone for good.</summary>
    public void Forget(string privateId)
    {
        lock (_gate)
        {
            OnGone(privateId);
        }
    }

    public void Expire(SavedSession session)
    {
        lock (_gate)
        {
            if (!_away.Remove(session))
            {
                return;
            }
        }

        session.Abandon();
    }

    /// <summary>Lets a socket in: what it missed comes first, then the greeting, and from then on what happens.</summary>
    public void Admit(Socket socket, SavedSession? session, Action greet)
    {
        lock (_gate)
        {
            if (session is not null)
            {
                foreach (var missed in _log.After(session.Offset))
                {
                    // An answered question is not asked again, whoever heard it.
                    if (missed.IsFor(session.Rooms) && (missed.AckId is not { } ack || session.Acks.IsWaiting(ack)))
                    {
                        socket.Conn.TrySend(missed.Message);
                    }
                }
            }

            _present[socket.PrivateId!] = socket;
            socket.OnAdmitted(session?.StartedAfter ?? _log.Head);
            greet();

            if (!socket.Connected)
            {
                // Lost while it was let in: it may have been told to forget itself before it was known here.
                OnGone(socket.PrivateId!);
            }
        }
    }

    /// <summary>Closes an older connection and waits until it has saved its state; another thread may be about to.</summary>
    private async ValueTask CloseStaleAsync(string privateId, EngineSession connection)
    {
        Socket? stale;
        Task gone;

        lock (_gate)
        {
            if (!_present.TryGetValue(privateId, out stale) || stale.Conn == connection)
            {
                return;
            }

            if (!_awaited.TryGetValue(privateId, out var awaited))
            {
                awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _awaited.Add(privateId, awaited);
            }

            gone = awaited.Task;
        }

        stale.Conn.Close(CloseReason.TransportClose);
        await gone;
    }

    private void OnGone(string privateId)
    {
        _present.Remove(privateId);

        if (_awaited.Remove(privateId, out var awaited))
        {
            awaited.SetResult();
        }
    }

    /// <summary>Whether everything is still there that came after the last event which the client says it got.</summary>
    private bool TryReadOffset(JsonElement auth, SavedSession session)
    {
        // In MessagePack, a client that has no offset says so.
        if (auth.TryGetProperty("offset", out var offset) && offset.ValueKind != JsonValueKind.Null)
        {
            if (offset.ValueKind != JsonValueKind.String
                || !long.TryParse(offset.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number > _log.Head)
            {
                return false;
            }

            session.Offset = Math.Max(number, session.StartedAfter);
        }

        return session.Offset >= _log.LostUpTo;
    }

    private void PlanPruning()
    {
        if (!_isPruningDue)
        {
            _isPruningDue = true;
            Deadlines.Schedule(_pruning, _pruning.Interval);
        }
    }

    private void Prune()
    {
        lock (_gate)
        {
            _isPruningDue = false;
            _log.RemoveOld();

            if (!_log.IsEmpty)
            {
                PlanPruning();
            }
        }
    }

    /// <summary>Empties the log of a namespace in which nothing happens any more.</summary>
    private sealed class Pruning(RecoveryStore store, TimeSpan interval) : Deadline
    {
        public TimeSpan Interval => interval;

        protected internal override void OnDue() => store.Prune();
    }
}
