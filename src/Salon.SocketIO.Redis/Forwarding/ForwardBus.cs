using Salon.Redis;

namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>The channels over which servers speak of requests: one for each server, of which Node.js servers know nothing.</summary>
internal sealed class ForwardBus(RedisHub hub, string self)
{
    private readonly bool _isSharded = hub.Options.IsSharded;

    /// <summary>The id of this server.</summary>
    public string Self => self;

    /// <summary>Whether it makes sense to send something again.</summary>
    public bool IsConnected => hub.Client.State == RedisState.Connected;

    public Listening Listen(Action<ForwardMessage> onMessage) => hub.Listen(
        GetChannel(self),
        _isSharded ? ListeningKind.Sharded : ListeningKind.Channel,
        message => onMessage(ForwardCodec.Decode(message.Payload.Span)));

    public void Send(string server, ForwardKind kind, ulong id) => Send(server, ForwardCodec.Encode(new ForwardMessage(kind, self, id)));

    /// <param name="server">The server that it is for.</param>
    /// <param name="message">The message.</param>
    /// <param name="withdrawn">Takes it back while it waits for a connection to Redis.</param>
    public void Send(string server, byte[] message, CancellationToken withdrawn = default) =>
        hub.Publish(GetChannel(server), message, _isSharded, withdrawn);

    private string GetChannel(string server) => $"{hub.Options.KeyPrefix}-http#{server}#";
}
