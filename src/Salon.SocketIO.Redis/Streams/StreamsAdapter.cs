using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis.Wire;

namespace Salon.SocketIO.Redis.Streams;

/// <summary>
/// Reaches the other servers as <c>@socket.io/redis-streams-adapter</c> does: what must not be lost goes through a stream, and questions and answers,
/// which nobody waits for after a while, through Pub/Sub.
/// </summary>
internal sealed class StreamsAdapter : RedisAdapter
{
    private readonly StreamHub _stream;
    private readonly string _channel;
    private readonly StreamLog _log;
    private readonly Releases _releases;
    private readonly bool _isSharded;

    public StreamsAdapter(Namespace owner, RedisHub hub, StreamHub stream)
        : base(owner, hub)
    {
        _stream = stream;
        _isSharded = hub.Options.IsSharded;
        _channel = $"{hub.Options.KeyPrefix}#{owner.Name}#";
        var releases = $"{hub.Options.KeyPrefix}-release#{owner.Name}#";
        _releases = new Releases(Members, (server, message) => hub.Publish(server is null ? releases : $"{releases}{server}#", message, _isSharded), Release);
        _log = new StreamLog(hub, stream, owner.Name, _releases, stream.Time);
        stream.Add(owner.Name, OnEntry);
        var kind = _isSharded ? ListeningKind.Sharded : ListeningKind.Channel;
        Listen(releases, kind, message => _releases.OnAsked(message.Payload.Span));
        Listen($"{releases}{Members.Self}#", kind, message => _releases.OnAnswered(message.Payload.Span));
        Listen(_channel, kind, OnClusterMessage);
        Listen($"{_channel}{Members.Self}#", kind, OnClusterMessage);
    }

    protected override IClusterLog? SharedLog => _log;

    public override ValueTask DisposeAsync()
    {
        _stream.Remove(Owner.Name, OnEntry);
        _releases.Dispose();
        return base.DisposeAsync();
    }

    private void Release(string privateId, Action onReleased) =>
        Hub.Guard.Run("StreamsAdapter.Release", (Adapter: this, Id: privateId, Then: onReleased), static async state =>
        {
            await state.Adapter.ReleaseAsync(state.Id);
            state.Then();
        });

    protected override void Publish(ClusterMessage message)
    {
        var isDurable = message.RequestId is null
            && message.Type is ClusterMessageType.Broadcast or ClusterMessageType.SocketsJoin or ClusterMessageType.SocketsLeave or ClusterMessageType.DisconnectSockets;

        if (isDurable)
        {
            _stream.Write(StreamMessage.Create(message, Owner.Name));
        }
        else
        {
            Hub.Publish(_channel, ClusterCodec.EncodeBinary(message, Owner.Name), _isSharded);
        }
    }

    protected override void PublishResponse(string requester, ClusterMessage response) =>
        Hub.Publish($"{_channel}{requester}#", ClusterCodec.EncodeBinary(response, Owner.Name), _isSharded);

    protected override Task<int> CountServersAsync() => Hub.CountServersAsync(_channel, _isSharded);

    private void OnEntry(string id, StreamMessage entry)
    {
        if (entry.Sender == Members.Self)
        {
            // Nobody else is to write in this server's name; if somebody does, it must not be taken for what this server still waits to read.
            ReceiveOwnEntry(id, entry.Number <= _stream.LastNumber ? entry.Number : throw new FormatException("The entry has a number that was not given."));
        }
        else if (entry.Decode() is { } message)
        {
            ReceiveEntry(id, message);
        }
    }
}
