namespace Salon.SocketIO.Events;

/// <summary>
/// What is called when a socket disconnects. A handler that comes too late is called at once: a connection handler that waits for
/// something may be overtaken by the end of the connection. Thread-safe; no handler runs under the lock.
/// </summary>
internal sealed class DisconnectHandlers(Socket socket)
{
    private readonly Lock _gate = new();
    private List<Func<DisconnectReason, Task>>? _handlers;
    private DisconnectReason? _reason;

    public void Add(Func<DisconnectReason, Task> handler)
    {
        lock (_gate)
        {
            if (_reason is null)
            {
                (_handlers ??= []).Add(handler);
                return;
            }
        }

        Start(handler, _reason.Value);
    }

    public void Call(DisconnectReason reason)
    {
        List<Func<DisconnectReason, Task>>? handlers;

        lock (_gate)
        {
            _reason ??= reason;
            handlers = _handlers;
            _handlers = null;
        }

        foreach (var handler in handlers ?? [])
        {
            // Not awaited: the handlers of a disconnection do not wait for each other.
            Start(handler, reason);
        }
    }

    private void Start(Func<DisconnectReason, Task> handler, DisconnectReason reason) =>
        socket.Namespace.Server.Guard.Forget(nameof(Socket.OnDisconnect), CallAsync(handler, reason));

    private async Task CallAsync(Func<DisconnectReason, Task> handler, DisconnectReason reason)
    {
        try
        {
            await handler(reason);
        }
        catch (Exception exception)
        {
            socket.OnDisconnectHandlerFailed(exception);
        }
    }
}
