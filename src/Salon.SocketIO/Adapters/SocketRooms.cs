namespace Salon.SocketIO.Adapters;

/// <summary>
/// The rooms of one socket, and at once its membership of the whole namespace. Few are a list, as most sockets have them; many are found by
/// name, so that a room costs the same however many there are. Guarded by the lock of the <see cref="RoomIndex"/>.
/// </summary>
internal sealed class SocketRooms(Socket socket, Room everybody) : Membership(socket, everybody)
{
    private const int MaxListed = 8;
    private const int CharactersOfARoom = 256;

    private Dictionary<string, Membership>? _byName;
    private int _count;

    /// <summary>What the rooms count together: each one, and more for a long name.</summary>
    public int Cost { get; private set; }

    /// <summary>What one room counts.</summary>
    public static int CostOf(string name) => 1 + (name.Length / CharactersOfARoom);

    public IEnumerable<Membership> All => _byName is null ? Listed() : _byName.Values;

    public Membership? Find(string name)
    {
        if (_byName is not null)
        {
            return _byName.GetValueOrDefault(name);
        }

        var membership = Next;

        while (membership is not null && membership.Room.Name != name)
        {
            membership = membership.Next;
        }

        return membership;
    }

    public void Add(Membership membership)
    {
        Cost += CostOf(membership.Room.Name);

        if (++_count > MaxListed && _byName is null)
        {
            _byName = Listed().ToDictionary(static listed => listed.Room.Name, StringComparer.Ordinal);
            Next = null;
        }

        if (_byName is not null)
        {
            _byName.Add(membership.Room.Name, membership);
            return;
        }

        membership.Next = Next;
        Next = membership;
    }

    /// <returns>What was removed; <see langword="null"/> when the socket is not in the room.</returns>
    public Membership? Remove(string name)
    {
        var removed = _byName is null ? Unlist(name) : Unname(name);

        if (removed is not null)
        {
            Cost -= CostOf(name);
            _count--;
        }

        return removed;
    }

    private Membership? Unname(string name)
    {
        if (!_byName!.Remove(name, out var removed))
        {
            return null;
        }

        // Whoever has been in thousands of rooms does not keep the places of all of them.
        if (_byName.Count == 0)
        {
            _byName = null;
        }

        return removed;
    }

    private Membership? Unlist(string name)
    {
        for (Membership previous = this; previous.Next is { } membership; previous = membership)
        {
            if (membership.Room.Name == name)
            {
                previous.Next = membership.Next;
                return membership;
            }
        }

        return null;
    }

    private IEnumerable<Membership> Listed()
    {
        for (var membership = Next; membership is not null;)
        {
            // Taken before the caller may link it elsewhere.
            var next = membership.Next;
            yield return membership;
            membership = next;
        }
    }
}
