using System.Net;
using Salon.Redis.Connections;

namespace Salon.Redis.Routing;

/// <summary>One server of a cluster by chance, so that many clients spread; before any is known, one of the options.</summary>
internal sealed class AnyNodeSource(Func<IReadOnlyList<DnsEndPoint>> nodes, Credentials credentials) : IEndPointSource
{
    public Credentials Credentials => credentials;

    public bool MustBeMaster => false;

    public Task<DnsEndPoint> FindAsync(CancellationToken cancellationToken)
    {
        var known = nodes();
        return Task.FromResult(known[Random.Shared.Next(known.Count)]);
    }
}
