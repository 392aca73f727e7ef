using System.Collections.Frozen;
using Salon.EngineIO;
using Salon.SocketIO.Connections;
using Salon.SocketIO.Events;
using Salon.SocketIO.Protocol;
using Salon.SocketIO.Recovery;

namespace Salon.SocketIO;

/// <summary>
/// One client in one namespace. It is made when the client connects and is of no use after it disconnects: a client that comes back
/// gets a new one. Safe to use from any thread.
/// </summary>
public sealed partial class Socket : IEmitter
{
    private readonly Client _client;
    private readonly EventInbox _inbox;
    private readonly DisconnectHandlers _disconnecting;
    private readonly DisconnectHandlers _disconnected;
    private SocketHooks? _hooks;
    private int _phase = (int)SocketPhase.Connecting;
    private volatile bool _isGreeted;
    private int _hasExited;

    internal Socket(Namespace @namespace, Client client, Handshake handshake, SavedSession? session)
    {
        var options = @namespace.Server.Options;

        _client = client;
        _inbox = new EventInbox(this, options.MaxConcurrentEvents, options.MaxInboxBytes);
        _disconnecting = new DisconnectHandlers(OnDisconnectHandlerFailed);
        _disconnected = new DisconnectHandlers(OnDisconnectHandlerFailed);
        Namespace = @namespace;
        Handshake = handshake;
        Id = session?.Id ?? (client.Session.IsOld() ? OldClients.GetSocketId(client.Session, @namespace.Name) : SocketId.Create());
        PrivateId = session?.PrivateId ?? (@namespace.Recovery is null || client.Session.IsOld() ? null : SocketId.Create());
        Recovered = session is not null;
        State = session?.State ?? new RecoverableState();
    }

    /// <summary>The socket's public name, which other clients may know. It is also the name of a room that it alone is in.</summary>
    public string Id { get; }

    /// <summary>The namespace that the socket is in.</summary>
    public Namespace Namespace { get; }

    /// <summary>What the client said of itself when it connected.</summary>
    public Handshake Handshake { get; }

    /// <summary>The connection below, which the client's sockets in other namespaces share.</summary>
    public EngineSession Conn => _client.Session;

    /// <summary>Whether the socket is connected. It is not yet in the middleware, and no more in the handlers of its disconnection.</summary>
    public bool Connected => Phase == SocketPhase.Connected;

    /// <summary>
    /// Whether the client was here before, under the same <see cref="Id"/>, and has found its rooms, <see cref="Data"/> and missed events again.
    /// </summary>
    public bool Recovered { get; }

    /// <summary>The rooms that the socket is in, that of its own id among them: a copy. Empty once it is disconnected.</summary>
    public IReadOnlySet<string> Rooms => Namespace.Adapter.GetRooms(this);

    /// <summary>Whatever the app wants to know of this socket. Gone when the socket disconnects.</summary>
    public IDictionary<string, object?> Data => State.Data;

    /// <summary>Everybody in the namespace but this socket.</summary>
    public BroadcastOperator Broadcast => new SocketEmitter(this).Broadcast;

    /// <summary>Everybody on this server but this socket.</summary>
    public BroadcastOperator Local => Broadcast.Local;

    /// <inheritdoc cref="SocketEmitter.Volatile"/>
    public SocketEmitter Volatile => new SocketEmitter(this).Volatile;

    internal EventTable Events { get; } = new();

    /// <summary>The secret by which a client that comes back is recognised; <see langword="null"/> without recovery.</summary>
    internal string? PrivateId { get; }

    /// <summary>What is called for every event, whatever its name; <see langword="null"/> as long as there is nothing.</summary>
    internal SocketHooks? Hooks => System.Threading.Volatile.Read(ref _hooks);

    internal JsonCodec Codec => Namespace.Server.Codec;

    internal PendingAcks Acks => State.Acks;

    /// <summary>What outlives the connection, if the client recovers.</summary>
    internal RecoverableState State { get; }

    private SocketPhase Phase => (SocketPhase)System.Threading.Volatile.Read(ref _phase);

    /// <inheritdoc cref="SocketEmitter.To"/>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <inheritdoc cref="SocketEmitter.To"/>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <inheritdoc cref="SocketEmitter.Except"/>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms) => Broadcast.Except(rooms);

    /// <inheritdoc cref="SocketEmitter.Compress"/>
    public SocketEmitter Compress(bool compress) => new SocketEmitter(this).Compress(compress);

    /// <inheritdoc cref="SocketEmitter.Timeout"/>
    public SocketEmitter Timeout(TimeSpan timeout) => new SocketEmitter(this).Timeout(timeout);

    /// <inheritdoc cref="SocketEmitter.EmitWithAckAsync{T}"/>
    public Task<T?> EmitWithAckAsync<T>(string eventName, params ReadOnlySpan<object?> arguments) =>
        new SocketEmitter(this).EmitWithAckAsync<T>(eventName, arguments);

    /// <summary>Stops calling a handler, or all handlers of an event.</summary>
    /// <param name="eventName">The event.</param>
    /// <param name="handler">The delegate that was registered; <see langword="null"/> for all.</param>
    public void Off(string eventName, Delegate? handler = null) =>
        Events.RemoveAll(listener => listener.EventName == eventName && (handler is null || listener.Handler == handler));

    /// <summary>
    /// Calls a handler when the socket has disconnected and left its rooms; at once when it has already. It does not wait for the handlers
    /// of events, and what the client sent before it left may still be handled after it.
    /// </summary>
    /// <remarks>An exception is logged.</remarks>
    public void OnDisconnect(Func<DisconnectReason, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);

        _disconnected.Add(handler);
    }

    /// <inheritdoc cref="OnDisconnect(Func{DisconnectReason, Task})"/>
    public void OnDisconnect(Action<DisconnectReason> handler) => OnDisconnect(handler.ToAsync());

    /// <summary>Calls a handler when the socket is about to leave its rooms: until it waits for something, <see cref="Rooms"/> still has them.</summary>
    /// <remarks>An exception is logged.</remarks>
    public void OnDisconnecting(Func<DisconnectReason, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);

        _disconnecting.Add(handler);
    }

    /// <inheritdoc cref="OnDisconnecting(Func{DisconnectReason, Task})"/>
    public void OnDisconnecting(Action<DisconnectReason> handler) => OnDisconnecting(handler.ToAsync());

    /// <summary>Puts the socket into a room. Being there already, or being disconnected, changes nothing.</summary>
    /// <returns>A task that completes when broadcasts to the room reach the socket.</returns>
    public async Task JoinAsync(string room)
    {
        ArgumentNullException.ThrowIfNull(room);

        if (room == Id || Phase == SocketPhase.Disconnected)
        {
            return;
        }

        // Rooms can be joined in the middleware; the adapter knows the socket from then on.
        await Namespace.Adapter.AddAsync(this);
        await Namespace.Adapter.JoinAsync(this, room);

        if (Phase == SocketPhase.Disconnected)
        {
            await Namespace.Adapter.RemoveAsync(this);
        }
    }

    /// <summary>Takes the socket out of a room. It cannot leave that of its own id.</summary>
    public Task LeaveAsync(string room)
    {
        ArgumentNullException.ThrowIfNull(room);

        return Namespace.Adapter.LeaveAsync(this, room).AsTask();
    }

    /// <summary>Makes the client leave the namespace. What was emitted before still reaches it; it does not reconnect by itself.</summary>
    /// <param name="close">Whether the client leaves all namespaces and its connection is closed.</param>
    public void Disconnect(bool close = false)
    {
        if (close)
        {
            _client.DisconnectAll();
        }
        else
        {
            _client.Disconnect(this);
        }
    }

    /// <inheritdoc/>
    public PayloadBuilder StartEvent(string eventName) => Namespace.Server.CreateEvent(eventName);

    /// <inheritdoc/>
    public Task EmitAsync(PayloadBuilder payload)
    {
        ArgumentNullException.ThrowIfNull(payload);

        Send(EncodedPacket.Create(Namespace, PacketType.Event, id: null, payload));
        return Task.CompletedTask;
    }

    /// <summary>Sends a packet to this socket alone. In the middleware that is allowed already: clients keep it until they are connected.</summary>
    internal void Send(EncodedPacket packet, bool isVolatile = false)
    {
        if (Namespace.Recovery is { } recovery && packet.Header.Type == PacketType.Event)
        {
            SendRecoverably(recovery, packet, isVolatile);
        }
        else
        {
            SendNow(packet, isVolatile);
        }
    }

    /// <summary>Sends a broadcast to this socket.</summary>
    internal void Deliver(EncodedPacket packet, bool isVolatile)
    {
        if (_isGreeted && Connected)
        {
            Hooks?.OnSending(this, packet);
            _client.Session.TrySend(packet.Message, isVolatile);
        }
    }

    /// <summary>Whether the socket has not left its namespace before.</summary>
    internal bool TryExit() => Interlocked.Exchange(ref _hasExited, 1) == 0;

    /// <summary>The socket is in, and what is emitted from here on is for it.</summary>
    internal void OnAdmitted(long startedAfter) => State.StartedAfter = startedAfter;

    internal SocketHooks EnsureHooks() => LazyInitializer.EnsureInitialized(ref _hooks);

    internal IReadOnlyDictionary<string, object?> CopyData() =>
        State.DataIfAny is { } data ? new Dictionary<string, object?>(data, StringComparer.Ordinal) : FrozenDictionary<string, object?>.Empty;

    // A method of its own: what a lambda captures is allocated where it is declared, also when the lambda is not needed.
    private void SendRecoverably(RecoveryStore recovery, EncodedPacket packet, bool isVolatile) =>
        recovery.Emit(this, packet, isVolatile, stamped => SendNow(stamped, isVolatile));

    private void SendNow(EncodedPacket packet, bool isVolatile)
    {
        if (Phase != SocketPhase.Disconnected)
        {
            Hooks?.OnSending(this, packet);
            _client.Session.TrySend(packet.Message, isVolatile);
        }
    }

    internal void SendAck(long id, ReadOnlySpan<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> attachments) =>
        Send(EncodedPacket.Create(Namespace.Server.Options.Parser, PacketType.Ack, Namespace.Name, id, json, attachments));

    /// <summary>From here on the client's packets are welcome.</summary>
    /// <returns><see langword="false"/> when the socket is disconnected already.</returns>
    internal bool TryConnect() =>
        Interlocked.CompareExchange(ref _phase, (int)SocketPhase.Connected, (int)SocketPhase.Connecting) == (int)SocketPhase.Connecting;

    /// <summary>From here on broadcasts reach the client: it knows that it is connected.</summary>
    internal void OnGreeted() => _isGreeted = true;

    /// <summary>Lets events through once the connection handlers are done.</summary>
    internal void Start(Task connectionHandlers) => _inbox.Start(connectionHandlers);

    internal ValueTask OnEventAsync(in Packet packet) => Connected ? _inbox.PostAsync(packet) : default;

    internal Task DispatchAsync(in Packet packet) => EventDispatcher.DispatchAsync(this, packet);

    internal void OnAck(long id, in JsonPayload payload)
    {
        if (Acks.Take(id) is { } ack)
        {
            Namespace.Server.Deadlines.Cancel(ack);
            ack.Complete(payload);
        }
        else
        {
            Namespace.Adapter.OnAck(this, id, payload);
        }
    }

    /// <summary>Ends the socket. Called once, by its client, which has forgotten it already.</summary>
    internal void OnDisconnected(DisconnectReason reason)
    {
        var wasConnected = Interlocked.Exchange(ref _phase, (int)SocketPhase.Disconnected) == (int)SocketPhase.Connected;

        if (wasConnected)
        {
            _disconnecting.Call(reason);
        }

        _inbox.Stop(discard: !reason.KeepsInbox());

        var saved = wasConnected ? TrySave(reason) : null;
        Namespace.Forget(this);

        // A client that is lost while it is let in again may try once more: what it left behind is put back then.
        if (wasConnected || !Recovered)
        {
            EndState(saved, reason);
        }

        if (wasConnected)
        {
            _disconnected.Call(reason);
        }
    }

    /// <summary>Copies what a client that lost its connection shall find again, while the rooms are still there.</summary>
    private SavedSession? TrySave(DisconnectReason reason) => Namespace.Recovery is { } recovery && PrivateId is { } privateId && reason.IsRecoverable()
        ? new SavedSession(recovery, privateId, Id, Rooms, State, reason)
        : null;

    private void EndState(SavedSession? saved, DisconnectReason reason)
    {
        if (saved is not null)
        {
            Namespace.Recovery!.Save(saved);
            return;
        }

        if (PrivateId is not null)
        {
            Namespace.Recovery?.Forget(PrivateId);
        }

        Acks.Close(reason, Namespace.Server.Deadlines);
    }

    private void OnDisconnectHandlerFailed(Exception exception) =>
        Log.DisconnectHandlerFailed(Namespace.Server.Logger, exception, Namespace.Name);
}
