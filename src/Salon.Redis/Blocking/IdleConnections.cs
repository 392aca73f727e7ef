using System.Diagnostics.CodeAnalysis;
using Salon.Redis.Connections;

namespace Salon.Redis.Blocking;

/// <summary>Connections that wait for the next blocking command. The lock protects the list; nothing is called under it. Thread-safe.</summary>
internal sealed class IdleConnections
{
    private const int MaxCount = 8;

    private readonly Lock _gate = new();
    private readonly List<BlockingConnection> _connections = [];
    private bool _isClosed;

    public bool TryTake(IEndPointSource source, [NotNullWhen(true)] out BlockingConnection? connection)
    {
        lock (_gate)
        {
            // The last one: the others may grow old.
            var index = _connections.FindLastIndex(candidate => candidate.Source == source && candidate.IsAlive);
            connection = index < 0 ? null : _connections[index];

            if (connection is not null)
            {
                _connections.RemoveAt(index);
            }

            return connection is not null;
        }
    }

    /// <returns><see langword="false"/> when there are enough.</returns>
    public bool TryAdd(BlockingConnection connection)
    {
        lock (_gate)
        {
            if (_isClosed || _connections.Count == MaxCount)
            {
                return false;
            }

            _connections.Add(connection);
            return true;
        }
    }

    /// <summary>Removes those that nobody has used since, and those that have ended.</summary>
    public List<BlockingConnection> TakeOld(long since)
    {
        lock (_gate)
        {
            var old = _connections.FindAll(connection => connection.IdleSince < since || !connection.IsAlive);
            _connections.RemoveAll(old.Contains);
            return old;
        }
    }

    /// <summary>Removes all, and takes no more.</summary>
    public List<BlockingConnection> Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            var all = new List<BlockingConnection>(_connections);
            _connections.Clear();
            return all;
        }
    }
}
