using Salon.Redis.Connections;
using Salon.Redis.Diagnostics;

namespace Salon.Redis.Routing;

/// <summary>Chooses the router by the options.</summary>
internal static class Routers
{
    /// <param name="context">What the client's parts share.</param>
    /// <param name="state">Learns whether there is a connection.</param>
    /// <param name="onMoved">Called when slots may be elsewhere.</param>
    public static IRouter Create(ClientContext context, StateEvents state, Action onMoved) => context.Options switch
    {
        { IsCluster: true } => new ClusterRouter(context, state, onMoved),
        { SentinelMaster: { } master } => new SingleRouter(context, new SentinelSource(context, master), state),
        _ => new SingleRouter(context, new FixedSource(context.Options.EndPoints, context.Credentials), state),
    };
}
