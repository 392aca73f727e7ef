using System.Net;
using Salon.Redis.Connections;
using Salon.Redis.Requests;

namespace Salon.Redis.Routing;

/// <summary>The servers of a cluster that commands were sent to, each with its connection. The lock protects the table. Thread-safe.</summary>
internal sealed class ClusterNodes(ClientContext context, Action<CommandLink> onChanged)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<DnsEndPoint, CommandLink> _links = [];
    private bool _isClosed;

    public List<CommandLink> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _links.Values];
            }
        }
    }

    /// <summary>The connection to a server, which is made if there is none yet.</summary>
    public CommandLink Get(DnsEndPoint endPoint)
    {
        lock (_gate)
        {
            if (!_links.TryGetValue(endPoint, out var link))
            {
                link = new CommandLink(context, new FixedSource([endPoint], context.Credentials), onChanged);

                if (_isClosed)
                {
                    // Whoever is late finds a link that takes nothing.
                    link.Queue.TakeAll(close: true);
                    return link;
                }

                _links.Add(endPoint, link);
                link.Start();
            }

            return link;
        }
    }

    public bool IsConnected(DnsEndPoint endPoint)
    {
        lock (_gate)
        {
            return _links.TryGetValue(endPoint, out var link) && link.IsConnected;
        }
    }

    /// <summary>Forgets the servers that do not belong to the cluster any more.</summary>
    /// <returns>Their connections, which are to be ended.</returns>
    public List<CommandLink> Retain(HashSet<DnsEndPoint> members)
    {
        lock (_gate)
        {
            var gone = _links.Where(link => !members.Contains(link.Key)).ToList();
            gone.ForEach(link => _links.Remove(link.Key));
            return [.. gone.Select(static link => link.Value)];
        }
    }

    /// <summary>Ends all, and makes no more.</summary>
    /// <returns>What they have not sent.</returns>
    public async Task<List<Request>> CloseAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        var unsent = await Task.WhenAll(All.Select(static link => link.StopAsync()));
        return [.. unsent.SelectMany(static requests => requests)];
    }
}
