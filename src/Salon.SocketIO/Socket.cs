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
        _disconnecting = new DisconnectHandlers(this);
        _disconnected = new DisconnectHandlers(this);
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

    /// <summary>How many bytes are kept of a packet of the connection whose attachments are not all there.</summary>
    internal long PendingBytes => _client.PendingBytes;

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
    /// <exception cref="SocketIOException">The socket is in <see cref="SocketIOOptions.MaxRoomsPerSocket"/> rooms already.</exception>
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

    internal SocketHooks EnsureHooks() => LazyInitializer.EnsureInitialized(ref _hooks);

    internal ValueTask OnEventAsync(in Packet packet) => Connected ? _inbox.PostAsync(packet) : default;

    internal Task DispatchAsync(in Packet packet) => EventDispatcher.DispatchAsync(this, packet);

    internal void OnDisconnectHandlerFailed(Exception exception) =>
        Namespace.Server.Guard.Fail(nameof(OnDisconnect), exception, Namespace.Name, Log.DisconnectHandlerFailed);
}
