using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Two of our servers and one of the reference's, over one Redis: each does what the others ask for.</summary>
public class MixedClusterTests
{
    [Theory]
    [InlineData(RedisAdapterKind.Classic, "{}")]
    [InlineData(RedisAdapterKind.Sharded, "{}")]
    [InlineData(RedisAdapterKind.Streams, "{}")]
    [InlineData(RedisAdapterKind.Streams, """{"streamCount":4}""")]
    [InlineData(RedisAdapterKind.Streams, """{"useShardedPubSub":true}""")]
    public async Task Servers_of_both_kinds_are_one(RedisAdapterKind kind, string settings)
    {
        var set = JsonSerializer.Deserialize<StreamSettings>(settings, JsonSerializerOptions.Web)!;
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, kind, configureRedis: Configure);
        await using var second = await ClusterServer.StartAsync(redis.Url, kind, configureRedis: Configure);

        await ClusterServer.KnowEachOtherAsync([first, second]);

        // One scenario waits for a client that never answers.
        first.Logs.Expect("did not answer");
        second.Logs.Expect("did not answer");

        await ExternalProgram.RunAsync(
            "node",
            ["mixed.mjs", redis.Url, kind.ToString().ToLowerInvariant(), settings, first.Uri.ToString().TrimEnd('/'), second.Uri.ToString().TrimEnd('/')],
            Path.Combine(Repository.Root, "tests/Salon.SocketIO.Redis.Tests/node"));

        void Configure(RedisAdapterOptions options)
        {
            // Not about leases: a server that stood still for longer than its own would be asked nothing.
            options.MemberTimeout = TimeSpan.FromMinutes(1);
            (options.StreamCount, options.UseShardedPubSub) = (set.StreamCount, set.UseShardedPubSub);
        }
    }

    /// <summary>Options of the reference's adapter that have counterparts here.</summary>
    private sealed record StreamSettings(int StreamCount = 1, bool UseShardedPubSub = false);
}
