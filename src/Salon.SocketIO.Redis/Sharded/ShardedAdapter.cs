using Salon.Redis;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis.Wire;

namespace Salon.SocketIO.Redis.Sharded;

/// <summary>
/// Reaches the other servers as the reference's sharded adapter does: a broadcast to one room is published on the channel of the room, to
/// which only servers with members of it listen.
/// </summary>
internal sealed class ShardedAdapter : RedisAdapter
{
    // A room counts as joined when others' broadcasts arrive; but nobody waits longer than this for a Redis that is away.
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(2);

    // As long as the reference's ids of sockets, which have no channels in dynamic mode.
    private const int SocketIdLength = 20;

    private readonly string _channel;
    private readonly RedisSubscriptionMode _mode;
    private readonly RoomChannels _rooms;

    public ShardedAdapter(Namespace owner, RedisHub hub)
        : base(owner, hub)
    {
        _channel = $"{hub.Options.KeyPrefix}#{owner.Name}#";
        _mode = hub.Options.SubscriptionMode;
        _rooms = new RoomChannels(HasRoom, room => hub.Listen($"{_channel}{room}#", ListeningKind.Sharded, OnClusterMessage), hub.Guard);
        Listen(_channel, ListeningKind.Sharded, OnClusterMessage);
        Listen($"{_channel}{Members.Self}#", ListeningKind.Sharded, OnClusterMessage);

        if (_mode != RedisSubscriptionMode.Static)
        {
            RoomCreated += _rooms.OnChanged;
            RoomDeleted += _rooms.OnChanged;
        }
    }

    public override async ValueTask AddAsync(Socket socket)
    {
        await base.AddAsync(socket);

        if (_mode == RedisSubscriptionMode.DynamicPrivate)
        {
            _rooms.OnChanged(socket.Id);
        }
    }

    public override async ValueTask JoinAsync(Socket socket, string room)
    {
        await base.JoinAsync(socket, room);

        if (_rooms.WaitAsync(room) is { IsCompleted: false } started && Hub.Client.State == RedisState.Connected)
        {
            await started.WaitAsync(JoinTimeout, Hub.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override async ValueTask RemoveAsync(Socket socket)
    {
        await base.RemoveAsync(socket);

        if (_mode == RedisSubscriptionMode.DynamicPrivate)
        {
            _rooms.OnChanged(socket.Id);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _rooms.CloseAsync();
    }

    protected override void Publish(ClusterMessage message) =>
        Hub.Publish(GetChannel(message), ClusterCodec.Encode(message, Owner.Name), isSharded: true);

    protected override void PublishResponse(string requester, ClusterMessage response) =>
        Hub.Publish($"{_channel}{requester}#", ClusterCodec.Encode(response, Owner.Name), isSharded: true);

    protected override Task<int> CountServersAsync() => Hub.CountServersAsync(_channel, isSharded: true);

    private string GetChannel(ClusterMessage message)
    {
        var hasOwn = message is { Type: ClusterMessageType.Broadcast, RequestId: null, Options.Rooms.Count: 1 }
            && (_mode == RedisSubscriptionMode.DynamicPrivate || (_mode == RedisSubscriptionMode.Dynamic && message.Options.Rooms[0].Length != SocketIdLength));

        return hasOwn ? $"{_channel}{message.Options.Rooms[0]}#" : _channel;
    }
}
