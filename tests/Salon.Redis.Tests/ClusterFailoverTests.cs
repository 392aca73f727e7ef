using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>Clusters that lose a server, or are not there at all.</summary>
public class ClusterFailoverTests
{
    [Fact]
    public async Task A_replica_takes_over_and_the_client_finds_it()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var client = new TestClient(TestClient.Quick(cluster.Url) with { CommandTimeout = TimeSpan.FromSeconds(8) });
        client.Logs.Expect("was lost");
        client.Logs.Expect("cannot be reached");
        var (key, channel) = (await FindAsync(cluster, "key"), await FindAsync(cluster, "channel"));
        var received = 0;
        await using var subscription = await client.Redis.SubscribeShardedAsync(channel, _ => Interlocked.Increment(ref received)).Soon();
        await client.Redis.SetAsync(key, 1).Soon();

        await cluster.Masters[0].StopAsync();
        await Eventually.Async("the loss is noticed", () => !subscription.IsActive);

        Assert.True(await client.Redis.SetAsync(key, 2).Soon());
        await Eventually.Async("the subscription has moved", () => subscription.IsActive);
        Assert.Equal(1, await client.Redis.PublishShardedAsync(channel, default).Soon());
        await Eventually.Async("it is there", () => received == 1);
        Assert.Equal("2", await cluster.Replica.TextAsync($"GET {key}"));
    }

    [Fact]
    public async Task Without_a_cluster_commands_wait_and_say_why()
    {
        await using var client = new TestClient(TestClient.Quick($"redis+cluster://127.0.0.1:{Repository.FindFreePort()}") with { CommandTimeout = TimeSpan.FromMilliseconds(200) });
        client.Logs.Expect("cannot be reached");

        var command = await Assert.ThrowsAsync<RedisTimeoutException>(() => client.Redis.GetAsync("a").Soon());
        var count = await Assert.ThrowsAsync<RedisTimeoutException>(() => client.Redis.CountSubscribersAsync("a").Soon());

        Assert.All([command, count], static exception => Assert.Contains("refused", exception.Message, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_single_server_is_said_to_be_no_cluster()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = new TestClient(TestClient.Quick($"redis+cluster://{server.Host}"));
        client.Logs.Expect("cluster support disabled");

        await Eventually.Async("it is said", () => client.Logs.Entries.Any(static entry => entry.Message.Contains("cluster support disabled", StringComparison.Ordinal)));
    }

    /// <summary>A name that belongs to the first master, which has a replica.</summary>
    private static async Task<string> FindAsync(RedisCluster cluster, string prefix)
    {
        for (var i = 0; ; i++)
        {
            if (await cluster.OwnerOfAsync($"{prefix}{i}") == cluster.Masters[0])
            {
                return $"{prefix}{i}";
            }
        }
    }
}
