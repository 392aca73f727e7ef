using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.EngineIO;
using Salon.Http;
using Salon.SocketIO.Adapters;
using Salon.SocketIO.Connections;
using Salon.SocketIO.Diagnostics;
using Salon.SocketIO.Hosting;
using Salon.SocketIO.Protocol;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Recovery;
using Salon.Supervision;
using Salon.Timing;

namespace Salon.SocketIO;

/// <summary>
/// The Socket.IO server, by custom called <c>io</c>. What it does itself, it does in the namespace <c>/</c>; <see cref="Of(string)"/> gives the
/// others. Thread-safe.
/// </summary>
/// <example><code>
/// var io = app.MapSocketIO();
/// io.OnConnection(socket => socket.On("say", (string room, string text) => io.To(room).EmitAsync("message", socket.Id, text)));
/// </code></example>
public sealed class SocketIOServer : Broadcaster, IAsyncDisposable
{
    private readonly NamespaceTable _namespaces;
    private readonly TimeProvider _time;
    private string? _path;

    internal SocketIOServer(SocketIOOptions options, IServiceProvider services)
    {
        Options = options = options.Freeze();
        Codec = new JsonCodec(options.JsonSerializerOptions, SocketIOJsonContext.Default);
        _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        Metrics = new SocketIOMetrics(services);
        Logger = SafeLogger.Create(services.GetService<ILoggerFactory>(), typeof(SocketIOServer).FullName!);
        Guard = new Guard(Logger, Metrics.Failures);
        Deadlines = new DeadlineScheduler(_time, Guard);
        Parser = services.FindOne<IPacketParser>();
        Adapters = new NamespaceAdapters(services);
        _namespaces = new NamespaceTable(this);
        Engine = new EngineServer(options, session => Client.Open(this, session), services, services.FindOne<IRequestForwarder>());
        Sockets = Of("/");
    }

    /// <summary>The Engine.IO server below: sessions and transports.</summary>
    public EngineServer Engine { get; }

    /// <summary>The namespace <c>/</c>.</summary>
    public Namespace Sockets { get; }

    /// <summary>The path that the server is mapped to; <see langword="null"/> before.</summary>
    public string? Path => _path;

    /// <summary>The namespaces that exist, by name. It changes while it is looked at.</summary>
    public IEnumerable<Namespace> Namespaces => _namespaces.All;

    /// <summary>
    /// A namespace was made, because the program asked for it or because a client did whose request fits a pattern. No client is in it yet.
    /// The handler must not ask for the same namespace, which it is given.
    /// </summary>
    public event Action<Namespace>? NamespaceCreated
    {
        add => _namespaces.Created += value;
        remove => _namespaces.Created -= value;
    }

    internal SocketIOOptions Options { get; }

    internal JsonCodec Codec { get; }

    /// <summary>The form in which packets travel; <see langword="null"/> for the standard one.</summary>
    internal IPacketParser? Parser { get; }

    /// <summary>Makes the adapters of namespaces.</summary>
    internal NamespaceAdapters Adapters { get; }

    internal DeadlineScheduler Deadlines { get; }

    internal ILogger Logger { get; }

    /// <summary>Calls what the application gave: handlers, hooks, limiters, adapters, parsers.</summary>
    internal Guard Guard { get; }

    internal TimeProvider Time => _time;

    internal SocketIOMetrics Metrics { get; }

    internal override IReadOnlyList<Namespace> Targets => Sockets.Targets;

    internal override SocketIOServer Owner => this;

    private protected override BroadcastOptions BroadcastOptions => BroadcastOptions.Everybody;

    /// <summary>Gives a namespace, which exists from the first call on. Clients cannot join one that nobody asked for.</summary>
    /// <param name="name">The name; a missing <c>/</c> in front is added.</param>
    public Namespace Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);

        return _namespaces.Get(name.StartsWith('/') ? name : "/" + name);
    }

    /// <summary>Gives the parent of all namespaces whose names match a pattern; clients make them by joining them.</summary>
    /// <param name="pattern">Matched against the name, <c>/</c> included. Without <c>^</c> and <c>$</c> a part of the name is enough.</param>
    public ParentNamespace Of(Regex pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);

        return _namespaces.Add(new ParentNamespace(this, pattern, predicate: null));
    }

    /// <summary>
    /// Gives the parent of all namespaces that a predicate lets clients make by joining them. It is asked only for namespaces that do not
    /// exist yet, in the order in which parents were made; nothing more is read from the client until it has answered.
    /// </summary>
    /// <param name="predicate">Gets the name, <c>/</c> included, and the client's <c>auth</c>, an empty object if it gave none.</param>
    public ParentNamespace Of(Func<string, JsonElement, ValueTask<bool>> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);

        return _namespaces.Add(new ParentNamespace(this, pattern: null, predicate));
    }

    /// <inheritdoc cref="Namespace.OnConnection(Func{Socket, Task})"/>
    public void OnConnection(Func<Socket, Task> handler) => Sockets.OnConnection(handler);

    /// <inheritdoc cref="Namespace.OnConnection(Func{Socket, Task})"/>
    public void OnConnection(Action<Socket> handler) => Sockets.OnConnection(handler);

    /// <inheritdoc cref="Namespace.Use(Func{Socket, Task{ConnectError}})"/>
    public void Use(Func<Socket, Task<ConnectError?>> middleware) => Sockets.Use(middleware);

    /// <inheritdoc cref="Namespace.Use(Func{Socket, Task{ConnectError}})"/>
    public void Use(Func<Socket, ConnectError?> middleware) => Sockets.Use(middleware);

    /// <summary>
    /// Disconnects everybody with the reason <c>server shutting down</c> and closes the adapters. The web server goes on; calling it again
    /// does no harm.
    /// </summary>
    public Task CloseAsync() => DisposeAsync().AsTask();

    /// <summary>
    /// Disconnects everybody with the reason <c>server shutting down</c> and closes the adapters. Called when the app stops; calling it
    /// again does no harm.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Engine.Dispose();

        foreach (var closed in Namespaces)
        {
            await closed.CloseAdapterAsync();
        }

        Deadlines.Dispose();
    }

    internal PayloadBuilder CreateEvent(string eventName)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);

        return ReservedEvents.Contains(eventName)
            ? throw new ArgumentException($"\"{eventName}\" is a reserved event name.", nameof(eventName))
            : PayloadBuilder.StartEvent(Codec, eventName);
    }

    /// <summary>Enters the namespace that a client asks for. Most exist already; what is not there must be asked for.</summary>
    internal ValueTask<NamespaceEntry> EnterAsync(string name, ReadOnlyMemory<byte> auth, IPAddress? address)
    {
        var known = _namespaces.TryEnter(name);

        return known is not null || !_namespaces.HasParents
            ? new ValueTask<NamespaceEntry>(new NamespaceEntry(known))
            : _namespaces.EnterChildAsync(name, Handshake.ParseAuth(auth), ClientAddress.Of(address));
    }

    /// <summary>The last client has left a namespace that clients had made.</summary>
    internal void OnAbandoned(Namespace abandoned)
    {
        _namespaces.Remove(abandoned);
        Guard.Forget(nameof(IAdapter.DisposeAsync), abandoned.CloseAdapterAsync());
    }

    /// <summary>Makes the memory of a namespace; <see langword="null"/> when none is wanted.</summary>
    internal RecoveryStore? CreateRecovery(Namespace owner, IAdapter adapter)
    {
        if (Options.ConnectionStateRecovery is not { } recovery)
        {
            return null;
        }

        // Another one delivers without asking what was missed.
        return adapter is LocalAdapter or ClusterAdapter
            ? new RecoveryStore(owner, recovery, _time, (adapter as ClusterAdapter)?.SharedLog)
            : throw new InvalidOperationException(
                $"{nameof(SocketIOOptions.ConnectionStateRecovery)} does not go together with the adapter {adapter.GetType().FullName}, which does not derive from {nameof(ClusterAdapter)}.");
    }

    internal void OnMapped(string path)
    {
        if (Interlocked.CompareExchange(ref _path, path, null) is { } mapped)
        {
            throw new InvalidOperationException($"The Socket.IO server is mapped to {mapped} already.");
        }
    }
}
