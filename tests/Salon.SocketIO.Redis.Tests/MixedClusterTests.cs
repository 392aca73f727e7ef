using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Two of our servers and one of the reference's, over one Redis: each does what the others ask for.</summary>
public class MixedClusterTests
{
    [Theory]
    [InlineData(RedisAdapterKind.Classic)]
    [InlineData(RedisAdapterKind.Sharded)]
    [InlineData(RedisAdapterKind.Streams)]
    public async Task Servers_of_both_kinds_are_one(RedisAdapterKind kind)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, kind);
        await using var second = await ClusterServer.StartAsync(redis.Url, kind);

        // One scenario waits for a client that never answers.
        first.Logs.Expect("did not answer");
        second.Logs.Expect("did not answer");

        await ExternalProgram.RunAsync(
            "node",
            ["mixed.mjs", redis.Url, kind.ToString().ToLowerInvariant(), first.Uri.ToString().TrimEnd('/'), second.Uri.ToString().TrimEnd('/')],
            Path.Combine(Repository.Root, "tests/Salon.SocketIO.Redis.Tests/node"));
    }
}
