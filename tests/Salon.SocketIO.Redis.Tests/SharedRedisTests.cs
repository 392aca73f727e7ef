using Microsoft.Extensions.Logging;
using Salon.Redis;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Several applications on one Redis, and many namespaces of one.</summary>
public class SharedRedisTests
{
    public static TheoryData<RedisAdapterKind> Kinds => [RedisAdapterKind.Classic, RedisAdapterKind.Sharded, RedisAdapterKind.Streams];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Two_applications_with_a_prefix_each_do_not_hear_each_other_on_one_redis(RedisAdapterKind kind)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var blue = await ClusterServer.StartAsync(redis.Url, kind, configureRedis: static options => Prefix(options, "blue"));
        await using var blue2 = await ClusterServer.StartAsync(redis.Url, kind, configureRedis: static options => Prefix(options, "blue"));
        await using var red = await ClusterServer.StartAsync(redis.Url, kind, configureRedis: static options => Prefix(options, "red"));
        await using var none = await ClusterServer.StartAsync(redis.Url, kind);
        await using var here = await Person.ConnectAsync(blue.Uri, room: "room");
        await using var there = await Person.ConnectAsync(blue2.Uri, room: "room");
        await using var other = await Person.ConnectAsync(red.Uri, room: "room");
        await using var third = await Person.ConnectAsync(none.Uri, room: "room");

        await Eventually.Async("what belongs together is together", async () =>
        {
            await blue.IO.To("room").EmitAsync("blue");
            await blue.IO.EmitAsync("blue to all");
            return there.Names.Contains("blue") && there.Names.Contains("blue to all") && blue.Members.Others.SequenceEqual([blue2.Members.Self]);
        });
        await Eventually.Async("they are asked", async () => (await here.AskAsync("fetch", new { }))[0].GetArrayLength() == 2);

        // What goes the other way comes after it, on whatever channel.
        await red.IO.To("room").EmitAsync("red");
        await none.IO.To("room").EmitAsync("none");
        await other.WaitForNameAsync("red");
        await third.WaitForNameAsync("none");
        Assert.Empty(red.Members.Others);
        Assert.Empty(none.Members.Others);
        Assert.DoesNotContain(other.Names, static name => name != "red");
        Assert.DoesNotContain(third.Names, static name => name != "none");
        Assert.Equal(1, (await other.AskAsync("fetch", new { }))[0].GetArrayLength());
    }

    [Fact]
    public async Task A_database_that_does_not_part_applications_is_warned_of()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync($"{redis.Url}/1", RedisAdapterKind.Classic);
        server.Logs.Expect("do not part channels");

        Assert.Single(server.Logs.Entries, static entry => entry.Level == LogLevel.Warning && entry.Message.Contains("KeyPrefix", StringComparison.Ordinal));

        await using var parted = await ClusterServer.StartAsync($"{redis.Url}/2", RedisAdapterKind.Classic, configureRedis: static options => options.KeyPrefix = "two");
        Assert.DoesNotContain(parted.Logs.Entries, static entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_name_for_a_part_of_the_streams_is_warned_of()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Streams, configureRedis: static options => options.KeyPrefix = "mine");
        server.Logs.Expect("StreamName and SessionKeyPrefix");

        Assert.Contains(server.Logs.Entries, static entry => entry.Message.Contains("StreamName and SessionKeyPrefix", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_has_one_pattern_however_many_namespaces_it_has()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        await using var second = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        await using var client = new RedisClient(RedisOptions.Parse(redis.Url));

        for (var i = 0; i < 500; i++)
        {
            first.IO.Of($"/many-{i}");
        }

        await Eventually.Async("all listen", async () => await client.CountSubscribersAsync("socket.io-request#/many-499#") == 1);
        Assert.Equal(1, (await client.ExecuteAsync(RedisCommand.Create("PUBSUB", "NUMPAT"))).Number);

        // As the reference counts servers.
        Assert.Equal(2, await client.CountSubscribersAsync("socket.io-request#/#"));
        Assert.Equal(2, await client.CountSubscribersAsync("socket.io-request#/other#"));
    }

    [Fact]
    public async Task A_sign_between_names_that_is_in_names_too_confuses_nobody()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        await using var second = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        string[] names = ["/a", "/a#b", "/a#b#c", "/[x]*"];

        foreach (var name in names)
        {
            first.IO.Of(name);
            second.IO.Of(name).OnConnection(async socket => await socket.JoinAsync("b#c"));
        }

        var people = new List<RawClient>();

        foreach (var name in names)
        {
            var person = await RawClient.OpenAsync(second.Uri, "websocket", "/socket.io/");
            people.Add(person);
            await person.SendAsync($"40{name},");
            Assert.StartsWith($"40{name},", await person.ReceiveAsync().Soon());
        }

        await Eventually.Async("they have joined", () => names.All(name => second.IO.Of(name).Sockets.Values.All(static socket => socket.Rooms.Contains("b#c"))));

        for (var i = 0; i < names.Length; i++)
        {
            var receiving = people[i].ReceiveAsync();
            await Eventually.Async($"{names[i]} hears", async () =>
            {
                await first.IO.Of(names[i]).To("b#c").EmitAsync("for", names[i]);
                return receiving.IsCompleted;
            });
            Assert.Equal($"42{names[i]},[\"for\",\"{names[i]}\"]", await receiving);
        }

        foreach (var person in people)
        {
            await person.DisposeAsync();
        }
    }

    private static void Prefix(RedisAdapterOptions options, string prefix) =>
        (options.KeyPrefix, options.StreamName, options.SessionKeyPrefix) = (prefix, $"{prefix}-stream", $"{prefix}:session:");
}
