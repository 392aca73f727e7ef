using Salon.Redis;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis.Wire;

namespace Salon.SocketIO.Redis;

/// <summary>What all adapters over Redis have: the hub, and what they listen to until they end.</summary>
internal abstract class RedisAdapter(Namespace owner, RedisHub hub) : ClusterAdapter(owner, hub.Members)
{
    private readonly List<Listening> _listenings = [];

    protected RedisHub Hub => hub;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();

        foreach (var listening in _listenings)
        {
            await listening.DisposeAsync();
        }
    }

    /// <summary>Listens as long as the adapter lives. To be called by the constructor of a derived class, at its end.</summary>
    protected void Listen(string channel, ListeningKind kind, Action<RedisMessage> read) => _listenings.Add(hub.Listen(channel, kind, read));

    /// <summary>Takes a message in the form of the reference's <c>ClusterAdapter</c>.</summary>
    protected void OnClusterMessage(RedisMessage message)
    {
        if (ClusterCodec.Decode(message.Payload.Span, Owner.Name) is { } decoded)
        {
            Receive(decoded);
        }
    }
}
