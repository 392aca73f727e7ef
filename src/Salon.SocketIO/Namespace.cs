using System.Collections.Concurrent;
using Salon.Http;
using Salon.SocketIO.Connections;
using Salon.SocketIO.Recovery;

namespace Salon.SocketIO;

/// <summary>
/// A part of the server that clients join separately, over one connection: with its own middleware, handlers and rooms.
/// Made by <see cref="SocketIOServer.Of(string)"/>, lives as long as the server, and is safe to use from any thread.
/// </summary>
public sealed partial class Namespace : Broadcaster
{
    private readonly ConcurrentDictionary<string, Socket> _sockets = new(StringComparer.Ordinal);
    private readonly NamespaceHandlers _handlers = new();
    private readonly NamespaceUse _use = new();
    private long _lastAckId;
    private int _slowClients;

    internal Namespace(SocketIOServer server, string name, ParentNamespace? parent)
    {
        Server = server;
        Name = name;
        Parent = parent;
        Targets = [this];
        _slowClients = (int)(parent?.SlowClients ?? server.Options.SlowClients);
        Servers = new NamespaceServers(this);
        Entrance = new NamespaceEntrance(this);
        var adapter = server.Adapters.Create(this);

        // Before anything is put around the adapter, which may bring events at once.
        Recovery = server.CreateRecovery(this, adapter);
        Adapter = server.Adapters.Decorate(this, adapter);
    }

    /// <summary>The name: <c>/</c>, or <c>/</c> and more.</summary>
    public string Name { get; }

    /// <summary>The server.</summary>
    public SocketIOServer Server { get; }

    /// <summary>What the namespace came from: a pattern or predicate that its name fits; <see langword="null"/> for one that was asked for by name.</summary>
    public ParentNamespace? Parent { get; }

    /// <summary>What knows the rooms and delivers to them.</summary>
    public IAdapter Adapter { get; }

    /// <summary>The same namespace on the other servers of a cluster.</summary>
    public NamespaceServers Servers { get; }

    /// <summary>The sockets that are connected here, by id. It changes while it is looked at.</summary>
    public IReadOnlyDictionary<string, Socket> Sockets => _sockets;

    /// <summary>
    /// What happens to events that a client is too slow for. The default is that of the parent, if there is one, or
    /// <see cref="SocketIOOptions.SlowClients"/>; a change holds for what is emitted from then on.
    /// </summary>
    public SlowClients SlowClients
    {
        get => (SlowClients)System.Threading.Volatile.Read(ref _slowClients);
        set => System.Threading.Volatile.Write(ref _slowClients, (int)value);
    }

    /// <summary>What clients that lost their connection find again; <see langword="null"/> when they do not.</summary>
    internal RecoveryStore? Recovery { get; }

    /// <summary>The address that a namespace is counted to which a client made; <see langword="null"/> for one that the program made.</summary>
    internal ClientAddress? Founder { get; init; }

    internal NamespaceHandlers Handlers => _handlers;

    /// <summary>How a socket comes in.</summary>
    internal NamespaceEntrance Entrance { get; }

    internal override IReadOnlyList<Namespace> Targets { get; }

    internal override SocketIOServer Owner => Server;

    private protected override BroadcastOptions BroadcastOptions => BroadcastOptions.Everybody;

    /// <summary>
    /// Calls a handler for each socket that connects from now on. It registers the handlers of events; none is called before the tasks of
    /// all connection handlers have completed, so nothing that the client sends at once is missed.
    /// </summary>
    /// <remarks>An exception is logged and leaves the socket connected.</remarks>
    public void OnConnection(Func<Socket, Task> handler) => _handlers.OnConnection(handler);

    /// <inheritdoc cref="OnConnection(Func{Socket, Task})"/>
    public void OnConnection(Action<Socket> handler) => _handlers.OnConnection(handler);

    /// <summary>
    /// Asks something before a socket is connected, in the order of registration: <see langword="null"/> lets it pass, an error refuses it,
    /// and so does an exception, without details. The socket may join rooms already, but it gets nothing yet.
    /// </summary>
    /// <example><code>
    /// io.Use(async socket => await IsValidAsync(socket.Handshake.Auth) ? null : new ConnectError("not authorized"));
    /// </code></example>
    public void Use(Func<Socket, Task<ConnectError?>> middleware) => _handlers.Use(middleware);

    /// <inheritdoc cref="Use(Func{Socket, Task{ConnectError}})"/>
    public void Use(Func<Socket, ConnectError?> middleware) => _handlers.Use(middleware);

    /// <summary>A number that ties an event of this namespace and its answers together.</summary>
    internal long NextAckId() => Interlocked.Increment(ref _lastAckId) - 1;

    /// <summary>A socket is on its way in, and is in the rooms that it is to be in.</summary>
    internal void Add(Socket socket) => _sockets[socket.Id] = socket;

    /// <summary>A socket that was on its way in is not let in: nothing of it stays. Never fails.</summary>
    internal async Task TakeOutAsync(Socket socket)
    {
        _sockets.TryRemove(new KeyValuePair<string, Socket>(socket.Id, socket));
        await RemoveFromAdapterAsync(socket);
        Exit(socket);
    }

    /// <summary>A socket is gone. Nobody waits until it has left its rooms.</summary>
    internal void Forget(Socket socket)
    {
        _sockets.TryRemove(new KeyValuePair<string, Socket>(socket.Id, socket));
        Server.Guard.Forget(nameof(IAdapter.RemoveAsync), RemoveFromAdapterAsync(socket));
        Exit(socket);
    }

    /// <summary>Somebody is about to connect, unless the namespace has just gone.</summary>
    internal bool TryEnter() => _use.TryEnter();

    /// <summary>A socket that entered is gone; telling it twice does no harm.</summary>
    internal void Exit(Socket socket)
    {
        if (socket.TryExit() && _use.Exit())
        {
            Server.OnAbandoned(this);
        }
    }

    /// <summary>The program has asked for the namespace by name: it stays, unless it has just gone.</summary>
    internal bool TryPin() => _use.TryPin();

    /// <summary>Closes the adapter. Never fails.</summary>
    internal async Task CloseAdapterAsync()
    {
        try
        {
            await Adapter.DisposeAsync();
        }
        catch (Exception exception)
        {
            Server.Guard.Fail(nameof(IAdapter.DisposeAsync), exception, Name, Log.ClosingFailed);
        }
    }

    private async Task RemoveFromAdapterAsync(Socket socket)
    {
        try
        {
            await Adapter.RemoveAsync(socket);
        }
        catch (Exception exception)
        {
            Server.Guard.Fail(nameof(IAdapter.RemoveAsync), exception, Name, Log.RemovalFailed);
        }
    }
}
