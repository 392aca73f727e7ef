using System.Net;

namespace Salon.Redis.Connections;

/// <summary>Servers in turn.</summary>
internal sealed class FixedSource(IReadOnlyList<DnsEndPoint> endPoints, Credentials credentials) : IEndPointSource
{
    private int _next = -1;

    public Credentials Credentials => credentials;

    public bool MustBeMaster => false;

    public Task<DnsEndPoint> FindAsync(CancellationToken cancellationToken) =>
        Task.FromResult(endPoints[(int)((uint)Interlocked.Increment(ref _next) % endPoints.Count)]);
}
