namespace Salon.SocketIO.Adapters;

/// <summary>The members of one room, without order: who leaves is replaced by the last. Guarded by the lock of the <see cref="RoomIndex"/>.</summary>
internal sealed class Room(string name)
{
    private Membership[] _members = [];
    private Socket[]? _snapshot;

    public string Name => name;

    public int Count { get; private set; }

    /// <summary>The members as an array that never changes. Made on demand and kept until somebody joins or leaves.</summary>
    public Socket[] Snapshot => _snapshot ??= CreateSnapshot();

    public void Add(Membership membership)
    {
        if (Count == _members.Length)
        {
            Array.Resize(ref _members, Math.Max(4, Count * 2));
        }

        _snapshot = null;
        membership.Position = Count;
        _members[Count++] = membership;
    }

    public void Remove(Membership membership)
    {
        _snapshot = null;
        var last = _members[--Count];
        _members[Count] = null!;

        if (last != membership)
        {
            _members[membership.Position] = last;
            last.Position = membership.Position;
        }

        if (Count <= _members.Length / 4)
        {
            Array.Resize(ref _members, Math.Max(4, _members.Length / 2));
        }
    }

    private Socket[] CreateSnapshot()
    {
        var snapshot = new Socket[Count];

        for (var i = 0; i < snapshot.Length; i++)
        {
            snapshot[i] = _members[i].Socket;
        }

        return snapshot;
    }
}
