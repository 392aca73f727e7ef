using Salon.Tests;

namespace Salon.Drills.Cluster;

/// <summary>Processes of the app over one Redis and one PostgreSQL, all of its own.</summary>
internal sealed class DrillCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private DrillCluster(PostgresServer postgres, RedisServer redis, Uri database, DrillOptions options)
    {
        (Postgres, Redis, Database) = (postgres, redis, database);
        Nodes = [.. Enumerable.Range(0, options.Nodes).Select(index => new DrillNode(index, redis.Port, database, options.HasDatabaseFaults))];
    }

    public PostgresServer Postgres { get; }

    public RedisServer Redis { get; }

    /// <summary>The database's address without a proxy, for the checks.</summary>
    public Uri Database { get; }

    public IReadOnlyList<DrillNode> Nodes { get; }

    public static async Task<DrillCluster> StartAsync(DrillOptions options)
    {
        var postgres = await PostgresServer.StartAsync();
        var database = new Uri(await postgres.CreateDatabaseAsync());
        var cluster = new DrillCluster(postgres, await RedisServer.StartAsync(), database, options);

        await Task.WhenAll(cluster.Nodes.Select(static node => node.StartAsync()));
        await cluster.WaitUntilOneAsync();
        return cluster;
    }

    /// <summary>Waits until all nodes know each other.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> WaitUntilOneAsync()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();

        while ((await Task.WhenAll(Nodes.Select(static node => node.CountNodesAsync()))).Any(count => count != Nodes.Count))
        {
            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException($"After {Patience.TotalSeconds} seconds, the nodes still do not know each other.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        return clock.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        await Redis.DisposeAsync();
        await Postgres.DisposeAsync();
    }
}
