using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Salon.EngineIO;
using Salon.SocketIO.Adapters;
using Salon.SocketIO.Connections;
using Salon.SocketIO.Hosting;
using Salon.SocketIO.Protocol;
using Salon.Timing;

namespace Salon.SocketIO;

/// <summary>
/// The Socket.IO server, by custom called <c>io</c>. What it does itself, it does in the namespace <c>/</c>; <see cref="Of"/> gives the
/// others. Thread-safe.
/// </summary>
/// <example><code>
/// var io = app.MapSocketIO();
/// io.OnConnection(socket => socket.On("say", (string room, string text) => io.To(room).EmitAsync("message", socket.Id, text)));
/// </code></example>
public sealed class SocketIOServer : Broadcaster, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Namespace>> _namespaces = new(StringComparer.Ordinal);
    private string? _path;

    internal SocketIOServer(SocketIOOptions options, IServiceProvider services)
    {
        Options = options;
        Codec = new JsonCodec(options.JsonSerializerOptions, SocketIOJsonContext.Default);
        Deadlines = new DeadlineScheduler(services.GetService<TimeProvider>() ?? TimeProvider.System);
        Logger = services.GetService<ILoggerFactory>()?.CreateLogger<SocketIOServer>() ?? (ILogger)NullLogger.Instance;
        Engine = new EngineServer(options, session => new Client(this, session), services);
        Sockets = Of("/");
    }

    /// <summary>The Engine.IO server below: sessions and transports.</summary>
    public EngineServer Engine { get; }

    /// <summary>The namespace <c>/</c>.</summary>
    public Namespace Sockets { get; }

    /// <summary>The path that the server is mapped to; <see langword="null"/> before.</summary>
    public string? Path => _path;

    /// <summary>The namespaces that exist, by name. It changes while it is looked at.</summary>
    public IEnumerable<Namespace> Namespaces => _namespaces.Values.Select(static entry => entry.Value);

    internal SocketIOOptions Options { get; }

    internal JsonCodec Codec { get; }

    internal DeadlineScheduler Deadlines { get; }

    internal ILogger Logger { get; }

    private protected override IReadOnlyList<Namespace> Targets => TargetsOf(Sockets);

    private protected override SocketIOServer Owner => this;

    private protected override BroadcastOptions BroadcastOptions => BroadcastOptions.Everybody;

    /// <summary>Gives a namespace, which exists from the first call on. Clients cannot join one that nobody asked for.</summary>
    /// <param name="name">The name; a missing <c>/</c> in front is added.</param>
    public Namespace Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);

        var full = name.StartsWith('/') ? name : "/" + name;

        // Lazy, so that two threads that ask for the same one get the same one, and its adapter is made once.
        return _namespaces.GetOrAdd(full, static (full, server) => new Lazy<Namespace>(() => new Namespace(server, full)), this).Value;
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
    /// Disconnects everybody with the reason <c>server shutting down</c> and closes the adapters. Called when the app stops; calling it
    /// again does no harm.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Engine.Dispose();

        foreach (var closed in Namespaces)
        {
            await closed.Adapter.DisposeAsync();
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

    internal Namespace? Find(string name) => _namespaces.TryGetValue(name, out var entry) ? entry.Value : null;

    internal IAdapter CreateAdapter(Namespace @namespace) => Options.Adapter?.Invoke(@namespace) ?? new LocalAdapter(Deadlines);

    internal void OnMapped(string path)
    {
        if (Interlocked.CompareExchange(ref _path, path, null) is { } mapped)
        {
            throw new InvalidOperationException($"The Socket.IO server is mapped to {mapped} already.");
        }
    }
}
