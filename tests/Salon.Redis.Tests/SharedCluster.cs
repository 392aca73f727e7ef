using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>A cluster for tests that leave it as it was.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    public RedisCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await RedisCluster.StartAsync();

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
