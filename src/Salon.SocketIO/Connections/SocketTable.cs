namespace Salon.SocketIO.Connections;

/// <summary>
/// The sockets of one client, one a namespace, and the namespaces that it has left. The lock protects the lists; nothing is called or sent
/// under it.
/// </summary>
internal sealed class SocketTable
{
    private readonly Lock _gate = new();
    private readonly List<Socket> _sockets = new(capacity: 1);
    private LeftNamespaces? _left;
    private bool _isClosed;

    /// <summary>Whether the client is connected to a namespace.</summary>
    public bool HasConnected
    {
        get
        {
            lock (_gate)
            {
                return _sockets.Exists(static socket => socket.Connected);
            }
        }
    }

    /// <summary>Whether the client has as many sockets as it may, and none in a namespace of this name.</summary>
    public bool IsFull(string name, int max)
    {
        lock (_gate)
        {
            return _sockets.Count >= max && !_sockets.Exists(socket => socket.Namespace.Name == name);
        }
    }

    /// <summary>Adds a socket, unless the client is gone or has one in that namespace already.</summary>
    public bool TryAdd(Socket socket)
    {
        lock (_gate)
        {
            if (_isClosed || _sockets.Exists(other => other.Namespace == socket.Namespace))
            {
                return false;
            }

            _sockets.Add(socket);
            return true;
        }
    }

    /// <summary>Removes a socket that leaves its namespace; packets for it that are on their way are ignored from now on.</summary>
    public bool TryRemove(Socket socket)
    {
        lock (_gate)
        {
            if (!_sockets.Remove(socket))
            {
                return false;
            }

            (_left ??= new LeftNamespaces()).Add(socket.Namespace.Name);
            return true;
        }
    }

    /// <summary>Removes a socket that was never let in.</summary>
    public void Discard(Socket socket)
    {
        lock (_gate)
        {
            _sockets.Remove(socket);
        }
    }

    /// <summary>Finds the socket that a packet is for.</summary>
    /// <param name="name">The packet's namespace.</param>
    /// <param name="socket"><see langword="null"/> when the client has just left, and the packet was on its way: it is ignored.</param>
    /// <returns><see langword="false"/> when the client has no business in that namespace.</returns>
    public bool TryFind(string name, out Socket? socket)
    {
        lock (_gate)
        {
            foreach (var candidate in _sockets)
            {
                if (candidate.Namespace.Name == name && candidate.Connected)
                {
                    socket = candidate;
                    return true;
                }
            }

            socket = null;
            return _left?.Contains(name) ?? false;
        }
    }

    public Socket[] Copy()
    {
        lock (_gate)
        {
            return [.. _sockets];
        }
    }

    /// <summary>Takes all sockets out, and no more in.</summary>
    public Socket[] Close()
    {
        lock (_gate)
        {
            Socket[] sockets = [.. _sockets];
            _isClosed = true;
            _sockets.Clear();
            return sockets;
        }
    }
}
