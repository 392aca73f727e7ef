namespace Salon.SocketIO.Clustering;

/// <content>Who is in which room: each server knows its own.</content>
public abstract partial class ClusterAdapter
{
    /// <inheritdoc/>
    public event Action<string>? RoomCreated
    {
        add => _local.RoomCreated += value;
        remove => _local.RoomCreated -= value;
    }

    /// <inheritdoc/>
    public event Action<string>? RoomDeleted
    {
        add => _local.RoomDeleted += value;
        remove => _local.RoomDeleted -= value;
    }

    /// <inheritdoc/>
    public event Action<string, string>? RoomJoined
    {
        add => _local.RoomJoined += value;
        remove => _local.RoomJoined -= value;
    }

    /// <inheritdoc/>
    public event Action<string, string>? RoomLeft
    {
        add => _local.RoomLeft += value;
        remove => _local.RoomLeft -= value;
    }

    /// <inheritdoc/>
    public virtual ValueTask AddAsync(Socket socket) => _local.AddAsync(socket);

    /// <inheritdoc/>
    public virtual ValueTask JoinAsync(Socket socket, string room) => _local.JoinAsync(socket, room);

    /// <inheritdoc/>
    public virtual ValueTask LeaveAsync(Socket socket, string room) => _local.LeaveAsync(socket, room);

    /// <inheritdoc/>
    public virtual ValueTask RemoveAsync(Socket socket) => _local.RemoveAsync(socket);

    /// <inheritdoc/>
    public IReadOnlySet<string> GetRooms(Socket socket) => _local.GetRooms(socket);

    /// <inheritdoc/>
    public IReadOnlyCollection<Socket> GetSockets(BroadcastOptions options) => _local.GetSockets(options);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> GetRoomCounts() => _local.GetRoomCounts();
}
