using System.Text;
using Salon.Redis;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis.Wire;

namespace Salon.SocketIO.Redis.Classic;

/// <summary>Reaches the other servers as <c>@socket.io/redis-adapter</c> does: everything is published, and every server gets everything.</summary>
internal sealed class ClassicAdapter : RedisAdapter
{
    private readonly string _channel;
    private readonly string _requestChannel;
    private readonly string _responseChannel;
    private readonly byte[] _ownBroadcast;

    public ClassicAdapter(Namespace owner, RedisHub hub)
        : base(owner, hub)
    {
        var prefix = hub.Options.KeyPrefix;

        _channel = $"{prefix}#{owner.Name}#";
        _requestChannel = $"{prefix}-request#{owner.Name}#";
        _responseChannel = $"{prefix}-response#{owner.Name}#";

        // How a broadcast begins that comes back from Redis: an array of three, and this server's id.
        _ownBroadcast = [0x93, (byte)(0xa0 | Members.Self.Length), .. Encoding.ASCII.GetBytes(Members.Self)];

        // Not a pattern for each namespace; but the requests' channel is its own, since by its subscribers servers count each other.
        hub.Broadcasts.Add(owner.Name, OnBroadcast);
        Listen(_requestChannel, ListeningKind.Channel, OnRequest);
        Listen(_responseChannel, ListeningKind.Channel, OnResponse);
        Listen($"{_responseChannel}{Members.Self}#", ListeningKind.Channel, OnResponse);
    }

    public override ValueTask DisposeAsync()
    {
        Hub.Broadcasts.Remove(Owner.Name, OnBroadcast);
        return base.DisposeAsync();
    }

    protected override void Publish(ClusterMessage message)
    {
        if (message is { Type: ClusterMessageType.Broadcast, RequestId: null })
        {
            var channel = message.Options.Rooms.Count == 1 ? $"{_channel}{message.Options.Rooms[0]}#" : _channel;
            Hub.Publish(channel, ClassicCodec.EncodeBroadcast(message, Owner.Name));
        }
        else
        {
            Hub.Publish(_requestChannel, ClassicCodec.EncodeRequest(message, Owner.Name));
        }
    }

    protected override void PublishResponse(string requester, ClusterMessage response)
    {
        // The reference waits for programs' answers on the shared channel alone.
        var isSpecific = Members.Others.Contains(requester)
            || (Hub.Options.PublishOnSpecificResponseChannel && response.Type != ClusterMessageType.ServerSideEmitResponse);

        Hub.Publish(isSpecific ? $"{_responseChannel}{requester}#" : _responseChannel, ClassicCodec.EncodeResponse(response));
    }

    protected override Task<int> CountServersAsync() => Hub.CountServersAsync(_requestChannel);

    private void OnBroadcast(RedisMessage message, ReadOnlySpan<char> room)
    {
        if (message.Payload.Span.StartsWith(_ownBroadcast) || (room is [.. var name, '#'] && !HasRoom(name.ToString())))
        {
            return;
        }

        if (ClassicCodec.DecodeBroadcast(message.Payload.Span, Owner.Name) is { } broadcast)
        {
            Receive(broadcast);
        }
    }

    private void OnRequest(RedisMessage message)
    {
        var request = WireReader.Read(message.Payload.Span);

        // Fields of requests that only this adapter has, and which other servers may still send.
        if (request.GetNumberOrNull("type") is (int)ClassicRequestType.Sockets or (int)ClassicRequestType.AllRooms)
        {
            Answer(request);
        }
        else if (ClassicCodec.DecodeRequest(request) is { } decoded)
        {
            Receive(decoded);
        }
    }

    private void OnResponse(RedisMessage message)
    {
        if (ClassicCodec.DecodeResponse(message.Payload.Span) is { } response)
        {
            Receive(response);
        }
    }

    private void Answer(WireReader request)
    {
        var isSockets = request.GetNumberOrNull("type") == (int)ClassicRequestType.Sockets;
        var options = new BroadcastOptions { Rooms = isSockets && request.Has("rooms") ? request.Get("rooms").ReadRooms() : [] };
        var found = GetSockets(options).Select(static socket => socket.Id);
        var answer = (request, isSockets, Items: isSockets ? found : found.Concat(GetRoomCounts().Keys));

        var json = WirePayload.WriteJson(answer, static (writer, answer) =>
        {
            writer.WriteStartObject();
            writer.WriteString("requestId"u8, answer.request.GetTextOrNull("requestId"));
            writer.WriteRooms(answer.isSockets ? "sockets"u8 : "rooms"u8, [.. answer.Items]);
            writer.WriteEndObject();
        });

        Hub.Publish(Hub.Options.PublishOnSpecificResponseChannel ? $"{_responseChannel}{request.GetTextOrNull("uid")}#" : _responseChannel, json);
    }
}
