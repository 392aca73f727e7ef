using System.Net;

namespace Salon.Redis.Connections;

/// <summary>The servers of the options, in turn.</summary>
internal sealed class FixedSource(IReadOnlyList<DnsEndPoint> endPoints) : IEndPointSource
{
    private int _next = -1;

    public bool MustBeMaster => false;

    public Task<DnsEndPoint> FindAsync(CancellationToken cancellationToken) =>
        Task.FromResult(endPoints[(int)((uint)Interlocked.Increment(ref _next) % endPoints.Count)]);
}
