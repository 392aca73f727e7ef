using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Redis.Flask;

/// <summary>Does everything by another adapter, and tells the bus of what concerns it. Thread-safe.</summary>
/// <param name="adapter">The other adapter, which is disposed with this one.</param>
/// <param name="sender">Tells the bus.</param>
/// <param name="onDispose">Called at the end.</param>
internal sealed class FlaskAdapter(IAdapter adapter, FlaskSender sender, Action onDispose) : IAdapter
{
    public event Action<string>? RoomCreated
    {
        add => adapter.RoomCreated += value;
        remove => adapter.RoomCreated -= value;
    }

    public event Action<string>? RoomDeleted
    {
        add => adapter.RoomDeleted += value;
        remove => adapter.RoomDeleted -= value;
    }

    public event Action<string, string>? RoomJoined
    {
        add => adapter.RoomJoined += value;
        remove => adapter.RoomJoined -= value;
    }

    public event Action<string, string>? RoomLeft
    {
        add => adapter.RoomLeft += value;
        remove => adapter.RoomLeft -= value;
    }

    public ValueTask AddAsync(Socket socket) => adapter.AddAsync(socket);

    public ValueTask JoinAsync(Socket socket, string room) => adapter.JoinAsync(socket, room);

    public ValueTask LeaveAsync(Socket socket, string room) => adapter.LeaveAsync(socket, room);

    public ValueTask RemoveAsync(Socket socket) => adapter.RemoveAsync(socket);

    public IReadOnlySet<string> GetRooms(Socket socket) => adapter.GetRooms(socket);

    public IReadOnlyCollection<Socket> GetSockets(BroadcastOptions options) => adapter.GetSockets(options);

    public IReadOnlyDictionary<string, int> GetRoomCounts() => adapter.GetRoomCounts();

    public ValueTask<IReadOnlyList<RemoteSocket>> FetchSocketsAsync(BroadcastOptions options) => adapter.FetchSocketsAsync(options);

    public ValueTask JoinSocketsAsync(BroadcastOptions options, IReadOnlyList<string> rooms)
    {
        sender.Join(options, rooms);
        return adapter.JoinSocketsAsync(options, rooms);
    }

    public ValueTask LeaveSocketsAsync(BroadcastOptions options, IReadOnlyList<string> rooms)
    {
        sender.Leave(options, rooms);
        return adapter.LeaveSocketsAsync(options, rooms);
    }

    public ValueTask DisconnectSocketsAsync(BroadcastOptions options, bool close)
    {
        sender.Disconnect(options);
        return adapter.DisconnectSocketsAsync(options, close);
    }

    public ValueTask BroadcastAsync(EncodedPacket packet, BroadcastOptions options)
    {
        sender.Emit(packet, options);
        return adapter.BroadcastAsync(packet, options);
    }

    public async Task<BroadcastAcks> BroadcastWithAckAsync(EncodedPacket packet, BroadcastOptions options, TimeSpan timeout)
    {
        if (!sender.CanAsk(options))
        {
            return await adapter.BroadcastWithAckAsync(packet, options, timeout);
        }

        // The client is here, in the cluster, or in Python, if anywhere: whoever finds it has the answer.
        using var found = new CancellationTokenSource();
        var asked = sender.AskAsync(packet, options, timeout, found.Token);
        var acks = await adapter.BroadcastWithAckAsync(packet, options, timeout);

        if (acks.RecipientCount > 0)
        {
            await found.CancelAsync();
        }

        return await asked is { } answer ? new BroadcastAcks([answer], 1) : acks;
    }

    public ValueTask ServerSideEmitAsync(EncodedPacket packet) => adapter.ServerSideEmitAsync(packet);

    public Task<BroadcastAcks> ServerSideEmitWithAckAsync(EncodedPacket packet, TimeSpan timeout) => adapter.ServerSideEmitWithAckAsync(packet, timeout);

    public void OnAck(Socket socket, long id, in JsonPayload payload) => adapter.OnAck(socket, id, payload);

    public ValueTask DisposeAsync()
    {
        onDispose();
        return adapter.DisposeAsync();
    }
}
