using System.Collections.Frozen;

namespace Salon.SocketIO.Adapters;

/// <summary>
/// Who is in which room. A broadcast walks an array that was made for the last one and holds as long as nobody joins or leaves, so
/// it neither copies nor locks. The lock protects everything else; nothing is called under it.
/// </summary>
/// <param name="maxRooms">How many rooms a socket may be in, besides that of its own id.</param>
internal sealed class RoomIndex(int maxRooms)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Room> _rooms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SocketRooms> _sockets = new(StringComparer.Ordinal);
    private readonly Room _everybody = new("");

    public void Add(Socket socket)
    {
        lock (_gate)
        {
            if (!_sockets.ContainsKey(socket.Id))
            {
                var rooms = new SocketRooms(socket, _everybody);
                _everybody.Add(rooms);
                _sockets.Add(socket.Id, rooms);
            }
        }
    }

    /// <summary>Whether a room has members; that of a socket's own id has one.</summary>
    public bool Contains(string name)
    {
        lock (_gate)
        {
            return _rooms.ContainsKey(name) || _sockets.ContainsKey(name);
        }
    }

    /// <returns>What changed.</returns>
    public RoomChange Join(Socket socket, string name)
    {
        lock (_gate)
        {
            // The room of its own id is there without being joined.
            if (name == socket.Id || Find(socket) is not { } rooms || rooms.Find(name) is not null)
            {
                return RoomChange.None;
            }

            if (rooms.Cost + SocketRooms.CostOf(name) > maxRooms)
            {
                return RoomChange.TooManyRooms;
            }

            var isNew = !_rooms.TryGetValue(name, out var room);

            if (isNew)
            {
                room = new Room(name);
                _rooms.Add(name, room);
            }

            var membership = new Membership(socket, room!);
            room!.Add(membership);
            rooms.Add(membership);
            return isNew ? RoomChange.MemberAndRoom : RoomChange.Member;
        }
    }

    /// <returns>What changed.</returns>
    public RoomChange Leave(Socket socket, string name)
    {
        lock (_gate)
        {
            return Find(socket)?.Remove(name) is { } membership ? RemoveFromRoom(membership) : RoomChange.None;
        }
    }

    /// <param name="socket">Who leaves all rooms.</param>
    /// <param name="changes">What changed is added, if anybody wants to know.</param>
    public void Remove(Socket socket, List<(string Room, RoomChange Change)>? changes)
    {
        lock (_gate)
        {
            if (Find(socket) is not { } first)
            {
                return;
            }

            _sockets.Remove(socket.Id);
            first.Room.Remove(first);

            foreach (var membership in first.All)
            {
                var change = RemoveFromRoom(membership);
                changes?.Add((membership.Room.Name, change));
            }
        }
    }

    public IReadOnlySet<string> GetRooms(Socket socket)
    {
        lock (_gate)
        {
            var rooms = new HashSet<string>(StringComparer.Ordinal);

            if (Find(socket) is not { } first)
            {
                return rooms;
            }

            rooms.Add(socket.Id);

            foreach (var membership in first.All)
            {
                rooms.Add(membership.Room.Name);
            }

            return rooms;
        }
    }

    public IReadOnlyDictionary<string, int> GetCounts()
    {
        lock (_gate)
        {
            return _rooms.ToFrozenDictionary(static room => room.Key, static room => room.Value.Count, StringComparer.Ordinal);
        }
    }

    /// <summary>The sockets that are in any of the rooms and in none of the others, each once.</summary>
    public Selection Select(IReadOnlyList<string> rooms, IReadOnlyList<string> except)
    {
        if (rooms.Count <= 1 && TryGetSingle(except, out var without))
        {
            return new Selection(rooms.Count == 0 ? GetEverybody() : SelectRoom(rooms[0]), without);
        }

        var selected = new HashSet<Socket>();

        foreach (var room in rooms)
        {
            selected.UnionWith(SelectRoom(room));
        }

        if (rooms.Count == 0)
        {
            selected.UnionWith(GetEverybody());
        }

        foreach (var room in except)
        {
            selected.ExceptWith(SelectRoom(room));
        }

        return new Selection(selected, Without: null);
    }

    /// <summary>
    /// Whether at most one socket is left out: nobody, or the sender of a message, which is nearly always so and needs no set.
    /// </summary>
    private bool TryGetSingle(IReadOnlyList<string> except, out Socket? without)
    {
        without = null;

        if (except.Count == 0)
        {
            return true;
        }

        if (except.Count > 1 || SelectRoom(except[0]) is not { Count: <= 1 } members)
        {
            return false;
        }

        without = members.FirstOrDefault();
        return true;
    }

    /// <summary>The members of a room; the room of an id holds the socket that has it, and whoever joined it by that name.</summary>
    private IReadOnlyCollection<Socket> SelectRoom(string name)
    {
        lock (_gate)
        {
            var owner = _sockets.GetValueOrDefault(name);
            var room = _rooms.GetValueOrDefault(name);

            return (owner, room) switch
            {
                (null, null) => [],
                (null, _) => room.Snapshot,
                (_, null) => [owner.Socket],
                _ => [owner.Socket, .. room.Snapshot.Where(member => member != owner.Socket)],
            };
        }
    }

    private Socket[] GetEverybody()
    {
        lock (_gate)
        {
            return _everybody.Snapshot;
        }
    }

    /// <summary>Finds the socket itself: one that came back has the id of the one that left.</summary>
    private SocketRooms? Find(Socket socket) =>
        _sockets.GetValueOrDefault(socket.Id) is { } first && first.Socket == socket ? first : null;

    private RoomChange RemoveFromRoom(Membership membership)
    {
        membership.Room.Remove(membership);

        if (membership.Room.Count > 0)
        {
            return RoomChange.Member;
        }

        _rooms.Remove(membership.Room.Name);
        return RoomChange.MemberAndRoom;
    }
}
