using System.Net;
using Salon.Redis.Connections;
using Salon.Redis.Subscriptions;

namespace Salon.Redis.Routing;

/// <summary>
/// The connections for subscriptions in a cluster: one to any server for channels and patterns, which all of them know, and one to each server
/// that has the slot of a sharded channel. The lock protects the table. Thread-safe.
/// </summary>
internal sealed class ClusterSubscriptions(ClientContext context, IEndPointSource anyNode, Action<DnsEndPoint, string> onRefused)
{
    private readonly Lock _gate = new();
    private readonly SubscriptionLink _everywhere = new(context, anyNode, onRefused);
    private readonly Dictionary<DnsEndPoint, SubscriptionLink> _sharded = [];

    /// <param name="master">Who has the slot; <see langword="null"/> where it does not matter, or nobody knows: then any server will say.</param>
    public SubscriptionLink Get(DnsEndPoint? master)
    {
        if (master is null)
        {
            return _everywhere;
        }

        lock (_gate)
        {
            if (!_sharded.TryGetValue(master, out var link))
            {
                link = new SubscriptionLink(context, new FixedSource([master], context.Credentials), onRefused);
                _sharded.Add(master, link);
            }

            return link;
        }
    }

    /// <summary>Ends the connections that nobody needs: their servers have no slots any more.</summary>
    public async Task RetainAsync(List<DnsEndPoint> masters)
    {
        List<SubscriptionLink> removed = [];

        lock (_gate)
        {
            foreach (var (master, link) in _sharded)
            {
                if (!masters.Contains(master) && link.IsEmpty)
                {
                    removed.Add(link);
                    _sharded.Remove(master);
                }
            }
        }

        await Task.WhenAll(removed.Select(static link => link.StopAsync()));
    }

    public async Task StopAsync()
    {
        List<SubscriptionLink> all;

        lock (_gate)
        {
            all = [_everywhere, .. _sharded.Values];
        }

        await Task.WhenAll(all.Select(static link => link.StopAsync()));
    }
}
