using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Salon.SocketIO.Connections;

namespace Salon.SocketIO;

/// <summary>
/// The namespaces whose names fit a pattern or a predicate. They are made when the first client asks for them; what is registered here holds
/// for each of them, and what is emitted here reaches all of them. Safe to use from any thread.
/// </summary>
/// <example><code>
/// var games = io.Of(new Regex("^/game-[0-9]+$"));
/// games.OnConnection(socket => socket.On("move", (string move) => socket.Broadcast.EmitAsync("move", move)));
/// </code></example>
public sealed class ParentNamespace : Broadcaster
{
    private readonly Regex? _pattern;
    private readonly Func<string, JsonElement, ValueTask<bool>>? _predicate;
    private readonly ConcurrentDictionary<string, Namespace> _children = new(StringComparer.Ordinal);
    private SlowClients _slowClients;

    internal ParentNamespace(SocketIOServer server, Regex? pattern, Func<string, JsonElement, ValueTask<bool>>? predicate)
    {
        _pattern = pattern;
        _predicate = predicate;
        Owner = server;
        _slowClients = server.Options.SlowClients;
    }

    /// <summary>The namespaces that there are at this moment.</summary>
    public IReadOnlyCollection<Namespace> Children => [.. _children.Values];

    /// <summary>
    /// What happens to events that a client is too slow for. The default is <see cref="SocketIOOptions.SlowClients"/>; a change holds for all
    /// children, those that exist already among them.
    /// </summary>
    public SlowClients SlowClients
    {
        get => _slowClients;
        set
        {
            _slowClients = value;

            foreach (var child in _children.Values)
            {
                child.SlowClients = value;
            }
        }
    }

    internal NamespaceHandlers Handlers { get; } = new();

    internal override IReadOnlyList<Namespace> Targets => [.. _children.Values];

    internal override SocketIOServer Owner { get; }

    private protected override BroadcastOptions BroadcastOptions => BroadcastOptions.Everybody;

    /// <inheritdoc cref="Namespace.OnConnection(Func{Socket, Task})"/>
    public void OnConnection(Func<Socket, Task> handler) => Handlers.OnConnection(handler);

    /// <inheritdoc cref="Namespace.OnConnection(Func{Socket, Task})"/>
    public void OnConnection(Action<Socket> handler) => Handlers.OnConnection(handler);

    /// <inheritdoc cref="Namespace.Use(Func{Socket, Task{ConnectError}})"/>
    public void Use(Func<Socket, Task<ConnectError?>> middleware) => Handlers.Use(middleware);

    /// <inheritdoc cref="Namespace.Use(Func{Socket, Task{ConnectError}})"/>
    public void Use(Func<Socket, ConnectError?> middleware) => Handlers.Use(middleware);

    /// <summary>Whether the pattern fits a name; a predicate cannot say without a client.</summary>
    internal bool Fits(string name) => _pattern?.IsMatch(name) ?? false;

    internal ValueTask<bool> FitsAsync(string name, JsonElement auth) => _predicate?.Invoke(name, auth) ?? new ValueTask<bool>(Fits(name));

    internal void Add(Namespace child) => _children[child.Name] = child;

    internal void Remove(Namespace child) => _children.TryRemove(new KeyValuePair<string, Namespace>(child.Name, child));
}
