using Salon.EngineIO;

namespace Salon.App.Lab.Traffic;

/// <summary>What a run's techniques have cost the network, by the counters of its connections. The lock protects the list of these; thread-safe.</summary>
internal sealed class LabTraffic(TrackedConnections known)
{
    private readonly Lock _gate = new();
    private readonly List<TrackedConnection> _connections = [];
    private readonly TechniqueTraffic[] _techniques = [.. LabTechniques.All.Select(static _ => new TechniqueTraffic())];

    /// <summary>What the page asks for itself: how the run is.</summary>
    public TechniqueTraffic Page { get; } = new();

    public TechniqueTraffic this[LabTechnique technique] => _techniques[(int)technique];

    /// <summary>A request of the page itself, which no technique pays for.</summary>
    public void OnRequest(HttpContext context) => Claim(context, Page);

    /// <summary>A request of a technique.</summary>
    public void OnRequest(HttpContext context, LabTechnique technique) => Claim(context, this[technique]);

    /// <summary>Counts what has passed over all connections until now.</summary>
    public void Settle()
    {
        TrackedConnection[] connections;

        lock (_gate)
        {
            connections = [.. _connections];
        }

        foreach (var connection in connections)
        {
            connection.Settle();
        }

        lock (_gate)
        {
            _connections.RemoveAll(static connection => connection.IsClosed);
        }
    }

    private void Claim(HttpContext context, TechniqueTraffic owner)
    {
        owner.OnRequest();

        // Streams of HTTP/2 share a connection at the same time, so its bytes are nobody's alone.
        if (!HttpProtocol.IsHttp11(context.Request.Protocol) || context.Features.Get<IConnectionTrafficFeature>() is not { } counters)
        {
            owner.OnUnknown();
            return;
        }

        var connection = known.Find(counters, context.Connection);
        connection.Claim(owner, context.Request);

        lock (_gate)
        {
            if (!_connections.Contains(connection))
            {
                _connections.Add(connection);
            }
        }
    }
}
