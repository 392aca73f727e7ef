using Salon.EngineIO;

namespace Salon.SocketIO.Recovery;

/// <summary>Who is there, by private id. Guarded by the lock of its <see cref="RecoveryStore"/>.</summary>
internal sealed class PresentSockets
{
    private readonly Dictionary<string, Socket> _sockets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskCompletionSource> _awaited = new(StringComparer.Ordinal);

    public bool Contains(string privateId) => _sockets.ContainsKey(privateId);

    public void Add(Socket socket) => _sockets[socket.PrivateId!] = socket;

    /// <summary>A socket is gone, its state is saved or forgotten.</summary>
    public void Remove(string privateId)
    {
        _sockets.Remove(privateId);

        if (_awaited.Remove(privateId, out var awaited))
        {
            awaited.SetResult();
        }
    }

    /// <summary>Finds an older connection of somebody who comes back by another.</summary>
    /// <param name="privateId">The client's secret.</param>
    /// <param name="connection">The new connection, if it is to this server.</param>
    /// <returns>The socket, which is to be closed, and a task that ends when it is gone; or nothing.</returns>
    public (Socket Stale, Task Gone)? FindStale(string privateId, EngineSession? connection)
    {
        if (!_sockets.TryGetValue(privateId, out var stale) || stale.Conn == connection)
        {
            return null;
        }

        if (!_awaited.TryGetValue(privateId, out var awaited))
        {
            awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add(privateId, awaited);
        }

        return (stale, awaited.Task);
    }
}
