using System.Runtime.CompilerServices;
using Salon.EngineIO;

namespace Salon.App.Lab.Traffic;

/// <summary>The connections that are counted. Each outlives a run, and serves the next one of the same page; it is forgotten when it has ended. Thread-safe.</summary>
internal sealed class TrackedConnections
{
    private readonly ConditionalWeakTable<IConnectionTrafficFeature, TrackedConnection> _connections = [];

    public TrackedConnection Find(IConnectionTrafficFeature counters, ConnectionInfo info) =>
        _connections.GetValue(counters, key => new TrackedConnection(key, info));
}
