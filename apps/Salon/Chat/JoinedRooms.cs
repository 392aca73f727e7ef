namespace Salon.App.Chat;

/// <summary>
/// The rooms that one connection is in. Closed when the connection ends: a handler that was still waiting then joins nothing any more.
/// Thread-safe.
/// </summary>
internal sealed class JoinedRooms
{
    private readonly Lock _gate = new();
    private readonly HashSet<ChatRoom> _rooms = [];
    private bool _isClosed;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _rooms.Count;
            }
        }
    }

    public bool Contains(ChatRoom room)
    {
        lock (_gate)
        {
            return _rooms.Contains(room);
        }
    }

    /// <summary>Whether the connection lasts and is not in a room.</summary>
    public bool CanAdd(ChatRoom room)
    {
        lock (_gate)
        {
            return !_isClosed && !_rooms.Contains(room);
        }
    }

    public bool TryAdd(ChatRoom room)
    {
        lock (_gate)
        {
            return !_isClosed && _rooms.Add(room);
        }
    }

    public bool Remove(ChatRoom room)
    {
        lock (_gate)
        {
            return _rooms.Remove(room);
        }
    }

    /// <summary>Leaves all rooms for good.</summary>
    /// <returns>The rooms that were left.</returns>
    public IReadOnlyList<ChatRoom> Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            ChatRoom[] rooms = [.. _rooms];
            _rooms.Clear();
            return rooms;
        }
    }
}
