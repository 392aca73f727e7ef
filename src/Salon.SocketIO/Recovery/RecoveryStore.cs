using System.Text.Json;
using Salon.EngineIO;
using Salon.SocketIO.Clustering;
using Salon.Supervision;
using Salon.Timing;

namespace Salon.SocketIO.Recovery;

/// <summary>
/// The memory of one namespace for clients that lost their connection: what was emitted, and who is away. The lock makes one order of
/// emitting, delivering and admitting, so that a client that comes back gets each event once: either again, or as it happens.
/// </summary>
internal sealed class RecoveryStore
{
    private readonly Lock _gate = new();
    private readonly AwaySessions _away;
    private readonly PresentSockets _present = new();
    private readonly HashSet<string> _returning = new(StringComparer.Ordinal);
    private readonly SharedSessions? _shared;
    private readonly Guard _guard;

    /// <param name="owner">The namespace.</param>
    /// <param name="options">What is kept, and how long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cluster">The log that the servers of a cluster share, if they do.</param>
    public RecoveryStore(Namespace owner, ConnectionStateRecovery options, TimeProvider time, IClusterLog? cluster)
    {
        var server = owner.Server;

        // What was on its way when the connection broke was emitted before the loss was noticed.
        var retention = options.MaxDisconnectionDuration + server.Options.PingInterval + server.Options.PingTimeout;

        Deadlines = server.Deadlines;
        _guard = server.Guard;
        SkipsMiddleware = options.SkipMiddlewares;
        Events = new EventOrder(_gate, options, retention, Deadlines, time, _guard, cluster);
        _away = new AwaySessions(Deadlines, options);
        _shared = cluster is null ? null : new SharedSessions(this, owner, cluster, options.MaxDisconnectionDuration);
    }

    public DeadlineScheduler Deadlines { get; }

    public bool SkipsMiddleware { get; }

    /// <summary>What was emitted.</summary>
    public EventOrder Events { get; }

    /// <summary>Whether what this server emits comes back to it by a log that servers share.</summary>
    public bool IsShared => _shared is not null;

    /// <summary>Emits an event to one socket. It is kept for a socket that is away, and for no other that is gone.</summary>
    public void Emit(Socket socket, EncodedPacket packet, bool isVolatile, Action<EncodedPacket> deliver)
    {
        lock (_gate)
        {
            if (socket.PrivateId is { } id && (_present.Contains(id) || _away.Contains(id) || _returning.Contains(id)))
            {
                Events.Emit(packet, new BroadcastOptions { Rooms = [socket.Id], IsVolatile = isVolatile, IsLocal = isVolatile }, deliver);
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
        SavedSession? session;

        lock (_gate)
        {
            session = _away.Take(privateId);

            if (session is not null)
            {
                _returning.Add(privateId);
            }
        }

        var isReadable = TryReadOffset(auth, out var offset);

        if (_shared is not null)
        {
            session = await _shared.TakeAsync(privateId, session, offset);
        }

        if (session is null || (isReadable && IsComplete(session, offset)))
        {
            return session;
        }

        session.Abandon();
        return null;
    }

    /// <summary>Lets go of somebody who has come back to another server, and waits until that one can find their state.</summary>
    public async Task ReleaseAsync(string privateId)
    {
        await CloseStaleAsync(privateId, connection: null);
        SavedSession? saved;

        lock (_gate)
        {
            saved = _away.Find(privateId);
        }

        if (saved is not null)
        {
            await saved.Shared;
        }
    }

    /// <summary>Closes an older connection of somebody who has come back, perhaps to another server, and waits until its state is saved.</summary>
    /// <param name="privateId">The client's secret.</param>
    /// <param name="connection">The new connection, if it is to this server.</param>
    private async Task CloseStaleAsync(string privateId, EngineSession? connection)
    {
        (Socket Stale, Task Gone)? found;

        lock (_gate)
        {
            found = _present.FindStale(privateId, connection);
        }

        // Another thread may be about to close it.
        if (found is var (stale, gone))
        {
            stale.Conn.Close(CloseReason.TransportClose);
            await gone;
        }
    }

    /// <summary>Keeps the state of a socket whose connection was lost.</summary>
    public void Save(SavedSession session)
    {
        SavedSession? forgotten;
        var shared = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Before anybody can see that the socket is gone, and ask for what it left.
        session.Shared = _shared is null ? Task.CompletedTask : shared.Task;

        lock (_gate)
        {
            _present.Remove(session.PrivateId);
            _returning.Remove(session.PrivateId);
            forgotten = _away.Add(session);
        }

        forgotten?.Abandon();

        if (_shared is not null)
        {
            _guard.Run(nameof(IClusterLog.SaveSessionAsync), (_shared, session, shared), static async save =>
            {
                try
                {
                    await save._shared.SaveAsync(save.session);
                }
                finally
                {
                    save.shared.SetResult();
                }
            });
        }
    }

    /// <summary>A socket is gone for good, or a session is.</summary>
    public void Forget(string privateId)
    {
        lock (_gate)
        {
            _present.Remove(privateId);
            _returning.Remove(privateId);
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
                Replay(session, socket);
            }

            _present.Add(socket);
            _returning.Remove(socket.PrivateId!);
            socket.OnAdmitted(session?.StartedAfter ?? Events.Head);
            greet();

            if (!socket.Connected)
            {
                // Lost while it was let in: it may have been told to forget itself before it was known here.
                _present.Remove(socket.PrivateId!);
            }
        }
    }

    private void Replay(SavedSession session, Socket socket)
    {
        foreach (var unheard in session.Unheard)
        {
            socket.Conn.TrySend(unheard.Message);
        }

        foreach (var missed in Events.After(session.Offset))
        {
            // An answered question is not asked again, whoever heard it.
            if (missed.Options.IsFor(session.Rooms) && (missed.AckId is not { } ack || session.Acks.IsWaiting(ack)))
            {
                socket.Conn.TrySend(missed.Message);
            }
        }
    }

    /// <returns><see langword="false"/> when there is something, but no text. In MessagePack, a client that has no offset says so.</returns>
    private static bool TryReadOffset(JsonElement auth, out string? offset)
    {
        offset = auth.TryGetProperty("offset", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return offset is not null || value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;
    }

    /// <summary>Whether everything is still there that came after the last event which the client says it got.</summary>
    private bool IsComplete(SavedSession session, string? offset)
    {
        if (offset is not null && !session.IsPlaced)
        {
            if (!EventPlace.TryParse(offset, out var place) || place > Events.Head)
            {
                return false;
            }

            session.Offset = place > session.Offset ? place : session.Offset;
        }

        return session.Offset >= Events.LostUpTo;
    }
}
