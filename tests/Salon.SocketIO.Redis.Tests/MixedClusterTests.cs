using System.Globalization;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Two of our servers and one of the reference's, over one Redis: each does what the others ask for.</summary>
public class MixedClusterTests
{
    [Theory]
    [InlineData(RedisAdapterKind.Classic, 1)]
    [InlineData(RedisAdapterKind.Sharded, 1)]
    [InlineData(RedisAdapterKind.Streams, 1)]
    [InlineData(RedisAdapterKind.Streams, 4)]
    public async Task Servers_of_both_kinds_are_one(RedisAdapterKind kind, int streamCount)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, kind, configureRedis: options => options.StreamCount = streamCount);
        await using var second = await ClusterServer.StartAsync(redis.Url, kind, configureRedis: options => options.StreamCount = streamCount);

        // One scenario waits for a client that never answers.
        first.Logs.Expect("did not answer");
        second.Logs.Expect("did not answer");

        await ExternalProgram.RunAsync(
            "node",
            ["mixed.mjs", redis.Url, kind.ToString().ToLowerInvariant(), streamCount.ToString(CultureInfo.InvariantCulture), first.Uri.ToString().TrimEnd('/'), second.Uri.ToString().TrimEnd('/')],
            Path.Combine(Repository.Root, "tests/Salon.SocketIO.Redis.Tests/node"));
    }
}
