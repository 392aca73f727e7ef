using Salon.EngineIO.Sessions;
using Salon.EngineIO.Transports;

namespace Salon.EngineIO;

/// <summary>
/// One client's session: what outlives the HTTP requests and WebSockets that carry it.
/// Owned by the <see cref="EngineServer"/>; safe to use from any thread.
/// </summary>
public sealed partial class EngineSession
{
    private const string OnClosed = $"{nameof(IEngineHandler)}.{nameof(IEngineHandler.OnClose)}";

    private readonly EngineServer _server;
    private readonly Heartbeat _heartbeat;
    private readonly SessionState _state;

    // Of what is known of the client, the one thing that every message asks for: the rest is not to be fetched for it.
    private readonly bool _takesAll;

    internal EngineSession(EngineServer server, string id, int protocol, EngineHandshake handshake, ISessionTransport transport)
    {
        _server = server;
        _state = new SessionState(transport);
        Id = id;
        Protocol = (byte)protocol;
        Handshake = handshake;
        _takesAll = protocol == 4 && !handshake.TakesTextOnly;
        Queue = new SendQueue(server.Options.MaxSendQueueBytes);
        _heartbeat = new Heartbeat(this, server);
    }

    /// <summary>The session's id: a secret of this client, since whoever knows it can speak for it. Never show or log it.</summary>
    public string Id { get; }

    /// <summary>The version of Engine.IO that the client speaks: 4, or 3 where <see cref="EngineIOOptions.AllowEIO3"/> lets it.</summary>
    public byte Protocol { get; }

    /// <summary>What was known of the client when the session was opened.</summary>
    public EngineHandshake Handshake { get; }

    /// <summary>The transport in use.</summary>
    public EngineTransport Transport => _state.Transport.Kind;

    /// <summary>Whether the session is open.</summary>
    public bool IsOpen => _state.IsOpen;

    /// <summary>Why the session ended; <see langword="null"/> while it is open.</summary>
    public CloseReason? CloseReason => _state.CloseReason;

    internal SendQueue Queue { get; }

    internal PollingTransport? Polling => _state.Transport as PollingTransport;

    /// <summary>Whether the client missed its time to answer a ping, even if no timer has noticed yet.</summary>
    internal bool IsExpired => _heartbeat.IsExpired;

    /// <summary>Whether something came from the client since its time was looked at last.</summary>
    internal bool IsHeard => _heartbeat.IsHeard;

    /// <summary>
    /// Queues a message. A full queue (<see cref="EngineIOOptions.MaxSendQueueBytes"/>) closes the session as too slow, unless the message may
    /// be dropped.
    /// </summary>
    /// <param name="message">The message, encoded once for any number of sessions.</param>
    /// <param name="isVolatile">Whether the message is dropped when it could not leave at once.</param>
    /// <param name="dropIfFull">Whether the message is dropped when the queue is full.</param>
    public SendResult TrySend(EngineMessage message, bool isVolatile = false, bool dropIfFull = false) =>
        Send(message, isVolatile, dropIfFull, isPong: false);

    private SendResult Send(EngineMessage message, bool isVolatile, bool dropIfFull, bool isPong)
    {
        ArgumentNullException.ThrowIfNull(message);

        // Before it can be answered; where it may be dropped, only when it was not.
        var isSure = !isVolatile && !dropIfFull;

        if (isSure && Events?.PacketCreated is { } watchers && IsOpen)
        {
            _server.Guard.Raise(nameof(PacketCreated), watchers, this, message);
        }

        var status = isPong ? Queue.TryAddPong(message)
            : Queue.TryAdd(_takesAll ? message : message.For(Protocol, Handshake.TakesTextOnly), isVolatile);

        if (status == QueueStatus.Full && isSure)
        {
            // Not here: closing calls handlers, and whoever sends to many must not wait for those of one.
            Queue.Complete(discard: true);
            ThreadPool.UnsafeQueueUserWorkItem(
                static session => session._server.Guard.Call(nameof(Close), session, static session => session.Close(EngineIO.CloseReason.TooSlow)),
                this,
                preferLocal: false);
            return SendResult.Closed;
        }

        _server.Metrics.OnSent(message, status);

        if (!isSure && status == QueueStatus.Added)
        {
            _server.Guard.Raise(nameof(PacketCreated), Events?.PacketCreated, this, message);
        }

        return status switch
        {
            QueueStatus.Added => SendResult.Queued,
            QueueStatus.Completed => SendResult.Closed,
            _ => SendResult.Dropped,
        };
    }

    /// <summary>
    /// Waits until the client has taken so much that at most half of <see cref="EngineIOOptions.MaxSendQueueBytes"/> is in use, or the session
    /// has ended. A client that takes longer than <see cref="EngineIOOptions.PingInterval"/> and <see cref="EngineIOOptions.PingTimeout"/> together
    /// is closed as too slow, however alive it is.
    /// </summary>
    public Task WaitForRoomAsync()
    {
        var room = Queue.WaitForRoomAsync(out var isFirst);

        if (isFirst)
        {
            _server.Deadlines.Schedule(new RoomDeadline(this, room), _server.Options.PingInterval + _server.Options.PingTimeout);
        }

        return room;
    }

    /// <summary>
    /// Ends the session, once: the first reason wins. What is queued is still sent, except to a client that is gone or too slow.
    /// </summary>
    public void Close(CloseReason reason = EngineIO.CloseReason.ForcedClose)
    {
        if (!_state.TryClose(reason, out var left))
        {
            return;
        }

        _heartbeat.Stop();
        _server.OnClosed(this, left.Transport.Kind, reason);
        left.Upgrade?.Abandon();
        left.Transport.Close(this, reason);

        if (left.TellsEnd)
        {
            TellEnd(reason);
        }

        Log.Closing(_server.Logger, reason);
    }

    /// <summary>Starts the session: the handler is created and may send, and the heartbeat runs.</summary>
    /// <returns><see langword="false"/> when no handler could be created; the session is closed.</returns>
    internal bool TryOpen(Func<EngineSession, IEngineHandler> createHandler)
    {
        var handler = _server.Guard.Ask(
            nameof(createHandler),
            (createHandler, Session: this),
            static IEngineHandler? (call) => call.createHandler(call.Session) ?? throw new InvalidOperationException("There is no handler."),
            otherwise: null);

        if (handler is null)
        {
            Close(EngineIO.CloseReason.ForcedServerClose);
        }

        if (_state.TryOpen(handler ?? SilentHandler.Instance))
        {
            _heartbeat.Start();
        }
        else
        {
            // Closed while its handler was being created: nobody else could tell it.
            TellEnd(CloseReason!.Value);
        }

        return handler is not null;
    }

    /// <summary>Ends a session whose handshake failed before it could be started.</summary>
    internal void Abandon()
    {
        Close(EngineIO.CloseReason.TransportError);

        if (_state.Handler is null)
        {
            _state.TryOpen(SilentHandler.Instance);
            TellEnd(CloseReason!.Value);
        }
    }

    /// <summary>Lets a WebSocket try to take over, or returns <see langword="null"/> when one has done so or is trying.</summary>
    internal UpgradeAttempt? TryBeginUpgrade(WebSocketTransport webSocket)
    {
        if (!_state.TryBeginUpgrade(polling => new UpgradeAttempt(this, polling, webSocket, _server), out var upgrade))
        {
            return null;
        }

        _server.Guard.Raise(nameof(Upgrading), Events?.Upgrading, this);
        return upgrade;
    }

    /// <summary>Moves to the WebSocket, or returns <see langword="false"/> when the session was closed meanwhile.</summary>
    internal bool TrySwitchTo(WebSocketTransport webSocket)
    {
        if (!_state.TrySwitchTo(webSocket))
        {
            return false;
        }

        _server.OnUpgraded();
        _server.Guard.Raise(nameof(Upgraded), Events?.Upgraded, this);
        return true;
    }

    internal void EndUpgrade() => _state.EndUpgrade();

    private void TellEnd(CloseReason reason)
    {
        _server.Guard.Call(OnClosed, (_state.Handler, reason), static end => end.Handler!.OnClose(end.reason));
        _server.Guard.Raise(nameof(Closed), Events?.Closed, this, reason);
    }
}
