using Salon.Redis;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis.Wire;

namespace Salon.SocketIO.Redis.Sharded;

/// <summary>
/// Reaches the other servers as the reference's sharded adapter does: a broadcast to one room is published on the channel of the room, to
/// which only servers with members of it listen.
/// </summary>
internal sealed class ShardedAdapter : ClusterAdapter
{
    // A room counts as joined when others' broadcasts arrive; but nobody waits longer than this for a Redis that is away.
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(2);

    // As long as the reference's ids of sockets, which have no channels in dynamic mode.
    private const int SocketIdLength = 20;

    private readonly RedisHub _hub;
    private readonly string _channel;
    private readonly RedisSubscriptionMode _mode;
    private readonly RoomChannels _rooms;
    private readonly Listening[] _listenings;

    public ShardedAdapter(Namespace owner, RedisHub hub)
        : base(owner, hub.Members)
    {
        _hub = hub;
        _channel = $"{hub.Options.KeyPrefix}#{owner.Name}#";
        _mode = hub.Options.SubscriptionMode;
        _rooms = new RoomChannels(HasRoom, room => Listen($"{_channel}{room}#"));
        _listenings = [Listen(_channel), Listen($"{_channel}{Members.Self}#")];

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

        if (_rooms.WaitAsync(room) is { IsCompleted: false } started && _hub.Client.State == RedisState.Connected)
        {
            await Task.WhenAny(started, Task.Delay(JoinTimeout));
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

        foreach (var listening in _listenings)
        {
            await listening.DisposeAsync();
        }
    }

    protected override void Publish(ClusterMessage message) =>
        _hub.Publish(GetChannel(message), ClusterCodec.Encode(message, Owner.Name), isSharded: true);

    protected override void PublishResponse(string requester, ClusterMessage response) =>
        _hub.Publish($"{_channel}{requester}#", ClusterCodec.Encode(response, Owner.Name), isSharded: true);

    protected override Task<int> CountServersAsync() => _hub.CountServersAsync(_channel, isSharded: true);

    private string GetChannel(ClusterMessage message)
    {
        var hasOwn = message is { Type: ClusterMessageType.Broadcast, RequestId: null, Options.Rooms.Count: 1 }
            && (_mode == RedisSubscriptionMode.DynamicPrivate || (_mode == RedisSubscriptionMode.Dynamic && message.Options.Rooms[0].Length != SocketIdLength));

        return hasOwn ? $"{_channel}{message.Options.Rooms[0]}#" : _channel;
    }

    private Listening Listen(string channel) => _hub.Listen(channel, ListeningKind.Sharded, message => _hub.Read(message, OnMessage));

    private void OnMessage(RedisMessage message)
    {
        if (ClusterCodec.Decode(message.Payload.Span, Owner.Name) is { } decoded)
        {
            Receive(decoded);
        }
    }
}
