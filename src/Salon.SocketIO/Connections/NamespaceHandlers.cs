using Salon.Collections;
using Salon.SocketIO.Events;

namespace Salon.SocketIO.Connections;

/// <summary>What is asked before a socket connects, and called when it has. Owned by a namespace, or by the parent of many. Thread-safe.</summary>
internal sealed class NamespaceHandlers
{
    private readonly CopyOnWriteList<Func<Socket, Task<ConnectError?>>> _middleware = new();
    private readonly CopyOnWriteList<Func<Socket, Task>> _connection = new();

    /// <summary>The handlers that all sockets share.</summary>
    public EventTable Events { get; } = new();

    public IReadOnlyList<Func<Socket, Task<ConnectError?>>> Middleware => _middleware.Items;

    public IReadOnlyList<Func<Socket, Task>> Connection => _connection.Items;

    public void Use(Func<Socket, Task<ConnectError?>> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);

        _middleware.Add(middleware);
    }

    public void Use(Func<Socket, ConnectError?> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);

        _middleware.Add(socket => Task.FromResult(middleware(socket)));
    }

    public void OnConnection(Func<Socket, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);

        _connection.Add(handler);
    }

    public void OnConnection(Action<Socket> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);

        _connection.Add(socket =>
        {
            handler(socket);
            return Task.CompletedTask;
        });
    }
}
