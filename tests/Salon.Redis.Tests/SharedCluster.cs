using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>A cluster for tests that leave it as it was.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    // None of them dies: one that stands still for a second, as on a busy machine it may, shall keep its slots.
    private const int NodeTimeout = 60_000;

    public RedisCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await RedisCluster.StartAsync(NodeTimeout);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
