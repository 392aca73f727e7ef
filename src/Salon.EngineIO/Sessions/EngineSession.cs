using Salon.EngineIO.Protocol;
using Salon.EngineIO.Sessions;
using Salon.EngineIO.Transports;

namespace Salon.EngineIO;

/// <summary>
/// One client's session: what outlives the HTTP requests and WebSockets that carry it.
/// Owned by the <see cref="EngineServer"/>; safe to use from any thread.
/// </summary>
public sealed partial class EngineSession
{
    private const int StillOpen = -1;

    private readonly Lock _gate = new();
    private readonly EngineServer _server;
    private readonly Heartbeat _heartbeat;
    private ISessionTransport _transport;
    private IEngineHandler _handler = SilentHandler.Instance;
    private UpgradeAttempt? _upgrade;
    private int _closeReason = StillOpen;

    internal EngineSession(EngineServer server, string id, int protocol, EngineHandshake handshake, ISessionTransport transport)
    {
        _server = server;
        _transport = transport;
        Id = id;
        Protocol = (byte)protocol;
        Handshake = handshake;
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
    public EngineTransport Transport => _transport.Kind;

    /// <summary>Whether the session is open.</summary>
    public bool IsOpen => Volatile.Read(ref _closeReason) == StillOpen;

    /// <summary>Why the session ended; <see langword="null"/> while it is open.</summary>
    public CloseReason? CloseReason => Volatile.Read(ref _closeReason) is var reason and not StillOpen ? (CloseReason)reason : null;

    internal SendQueue Queue { get; }

    internal PollingTransport? Polling => _transport as PollingTransport;

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

        if (isSure && IsOpen)
        {
            Events?.PacketCreated?.Invoke(this, message);
        }

        var status = isPong ? Queue.TryAddPong(message) : Queue.TryAdd(message.For(Protocol, Handshake.TakesTextOnly), isVolatile);

        if (status == QueueStatus.Full && isSure)
        {
            // Not here: closing calls handlers, and whoever sends to many must not wait for those of one.
            Queue.Complete(discard: true);
            ThreadPool.UnsafeQueueUserWorkItem(static session => session.Close(EngineIO.CloseReason.TooSlow), this, preferLocal: false);
            return SendResult.Closed;
        }

        _server.Metrics.OnSent(message, status);

        if (!isSure && status == QueueStatus.Added)
        {
            Events?.PacketCreated?.Invoke(this, message);
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
        ISessionTransport transport;
        UpgradeAttempt? upgrade;

        lock (_gate)
        {
            if (!IsOpen)
            {
                return;
            }

            Volatile.Write(ref _closeReason, (int)reason);
            (transport, upgrade) = (_transport, _upgrade);
        }

        Log.Closing(_server.Logger, reason);
        _heartbeat.Stop();
        _server.OnClosed(this, transport.Kind, reason);
        upgrade?.Abandon();
        transport.Close(this, reason);
        _handler.OnClose(reason);
        Events?.Closed?.Invoke(this, reason);
    }

    /// <summary>Starts the session: the handler is created and may send, and the heartbeat runs.</summary>
    internal void Open(Func<EngineSession, IEngineHandler> createHandler)
    {
        var handler = createHandler(this);

        lock (_gate)
        {
            _handler = handler;
        }

        _heartbeat.Start();

        if (CloseReason is { } reason)
        {
            // Closed from inside its own creation: nobody could tell the handler.
            _heartbeat.Stop();
            handler.OnClose(reason);
        }
    }

    /// <summary>Takes a packet from the transport in use, which calls once at a time and waits for the task.</summary>
    internal ValueTask OnPacketAsync(EnginePacket packet)
    {
        if (!IsOpen)
        {
            return default;
        }

        _heartbeat.OnPacket();
        _server.Metrics.OnReceived(packet);
        Events?.PacketReceived?.Invoke(this, packet);

        switch (packet.Type)
        {
            case EnginePacketType.Message:
                return _handler.OnMessageAsync(packet.Data, packet.IsBinary);

            case EnginePacketType.Pong when Protocol == 4:
                _heartbeat.OnPong();
                Events?.Heartbeat?.Invoke(this);
                break;

            case EnginePacketType.Ping when Protocol == 3:
                _heartbeat.OnPing();
                Send(EngineMessage.CreatePacket(EnginePacketType.Pong, packet.Data.Span), isVolatile: false, dropIfFull: false, isPong: true);
                Events?.Heartbeat?.Invoke(this);
                break;

            case EnginePacketType.Close:
                Close(EngineIO.CloseReason.TransportClose);
                break;

            case EnginePacketType.Ping or EnginePacketType.Pong:
                // Engine.IO v4, "Heartbeat": only the server pings. In v3, only the client does.
                Close(EngineIO.CloseReason.TransportError);
                break;

            case EnginePacketType.Open or EnginePacketType.Upgrade or EnginePacketType.Noop:
                // They mean nothing here, and do no harm.
                break;
        }

        return default;
    }

    /// <summary>A sign of life that is not a packet: a WebSocket's own ping or pong.</summary>
    internal void OnAlive() => _heartbeat.OnPacket();

    /// <summary>Lets a WebSocket try to take over, or returns <see langword="null"/> when one has done so or is trying.</summary>
    internal UpgradeAttempt? TryBeginUpgrade(WebSocketTransport webSocket)
    {
        lock (_gate)
        {
            if (!IsOpen || _upgrade is not null || _transport is not PollingTransport polling)
            {
                return null;
            }

            _upgrade = new UpgradeAttempt(this, polling, webSocket, _server);
        }

        Events?.Upgrading?.Invoke(this);
        return _upgrade;
    }

    /// <summary>Moves to the WebSocket, or returns <see langword="false"/> when the session was closed meanwhile.</summary>
    internal bool TrySwitchTo(WebSocketTransport webSocket)
    {
        lock (_gate)
        {
            if (!IsOpen)
            {
                return false;
            }

            _transport = webSocket;
            _upgrade = null;
        }

        _server.OnUpgraded();
        Events?.Upgraded?.Invoke(this);
        return true;
    }

    internal void EndUpgrade()
    {
        lock (_gate)
        {
            _upgrade = null;
        }
    }
}
