using System.Text;
using Salon.App.NativeChat;
using Salon.App.NativeChat.Cluster;
using Salon.Redis;
using Salon.Tests;

namespace Salon.App.Tests.NativeChat;

/// <summary>The native chat on several nodes: one room, as far as Redis carries.</summary>
public class NativeClusterTests
{
    private const string Secret = "a secret of some length";

    [Fact]
    public async Task Everybody_sees_everybody_on_all_nodes_and_a_name_is_given_once()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync(redis);
        await using var two = await StartAsync(redis);
        await using var alice = await NativeClient.JoinAsync(one.Uri, "Alice");
        await using var bob = await JoinLastAsync(two, "Bob", others: 1);

        await alice.SayAsync("hello from one");
        await bob.ReadUntilAsync("hello from one");
        await bob.SayAsync("hello from two");
        await alice.ReadUntilAsync("hello from two");

        await using var thief = await NativeClient.ConnectAsync(two.Uri);
        await thief.SendAsync(new { type = "join", name = "alice", session = Secret });
        Assert.Equal("name_taken", (await thief.ReadAsync("error")).GetProperty("code").GetString());

        await alice.CloseAsync();
        Assert.Equal("""{"type":"presence","name":"Alice","here":false}""", (await bob.ReadAsync("presence")).GetRawText());
    }

    [Fact]
    public async Task Who_comes_back_on_another_node_keeps_the_name_and_what_is_sent_again_is_said_once()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync(redis);
        await using var two = await StartAsync(redis);
        await using var bob = await NativeClient.JoinAsync(one.Uri, "Bob");
        await using var alice = await NativeClient.JoinAsync(one.Uri, "Alice", Secret);
        await alice.SayAsync("hello", id: "m1");
        await bob.ReadUntilAsync("hello");

        await using var again = await JoinLastAsync(two, "Alice", others: 2, Secret);
        await alice.ReadToCloseAsync();
        await again.SayAsync("hello", id: "m1");
        await again.ReadUntilAsync("hello");
        await again.SayAsync("here again");

        Assert.Equal(4001, (int)alice.CloseStatus!);
        Assert.Equal(["Alice: here again"], await bob.ReadUntilAsync("here again"));
    }

    [Fact]
    public async Task A_node_that_comes_later_knows_what_was_said_and_one_that_goes_takes_its_people_along()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync(redis);
        await using var alice = await NativeClient.JoinAsync(one.Uri, "Alice");
        await alice.SayAsync("before");
        await alice.ReadUntilAsync("before");

        await using (var two = await StartAsync(redis))
        {
            await using var bob = await JoinLastAsync(two, "Bob", others: 1);
            Assert.Equal("Bob", (await alice.ReadAsync("presence")).GetProperty("name").GetString());
            await using var chloe = await NativeClient.ConnectAsync(two.Uri);
            var history = (await chloe.JoinAsync("Chloé")).GetProperty("history").EnumerateArray();
            Assert.Equal(["before"], history.Select(static message => message.GetProperty("text").GetString()));
            Assert.True((await alice.ReadAsync("presence")).GetProperty("here").GetBoolean());
        }

        Assert.False((await alice.ReadAsync("presence")).GetProperty("here").GetBoolean());
        Assert.False((await alice.ReadAsync("presence")).GetProperty("here").GetBoolean());
    }

    [Fact]
    public async Task Two_who_take_a_name_at_once_do_not_both_keep_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync(redis);
        await using var outside = new RedisClient(RedisOptions.Parse(redis.Url));
        await using var alice = await NativeClient.JoinAsync(one.Uri, "Alice");
        await using var bob = await NativeClient.JoinAsync(one.Uri, "Bob");

        // A node whose id comes before any other's, and one whose id comes after.
        await outside.PublishAsync(NativeBus.ChannelName, Encode(new CameMessage("~", new BusPerson("Bob", "x", 1))));
        await outside.PublishAsync(NativeBus.ChannelName, Encode(new CameMessage(" ", new BusPerson("ALICE", "x", 1))));
        await alice.ReadToCloseAsync();
        await bob.SayAsync("still here");

        Assert.Equal((4002, "Somebody else has this name."), ((int)alice.CloseStatus!, alice.CloseReason));
        await bob.ReadUntilAsync("still here");
    }

    [Fact]
    public async Task The_people_of_a_node_that_falls_silent_are_gone()
    {
        var time = new ManualTimeProvider();
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync(redis, time);
        await using var outside = new RedisClient(RedisOptions.Parse(redis.Url));
        await using var alice = await NativeClient.JoinAsync(one.Uri, "Alice");

        await outside.PublishAsync(NativeBus.ChannelName, Encode(new CameMessage("x", new BusPerson("Bob", "x", 1))));
        Assert.Equal("""{"type":"presence","name":"Bob","here":true}""", (await alice.ReadAsync("presence")).GetRawText());
        var gone = alice.ReadAsync("presence");

        // The clock of the client for Redis makes the same leaps.
        one.Logs.Expect("The connection to Redis");
        one.Logs.Expect("The lease in the cluster could not be renewed");
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(gone.IsCompleted);
        await Eventually.Async("Bob is gone", () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return gone.IsCompleted;
        });

        Assert.Equal("""{"type":"presence","name":"Bob","here":false}""", (await gone).GetRawText());
    }

    [Fact]
    public async Task What_was_said_while_Redis_was_away_comes_when_it_is_back()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync(redis);
        await using var two = await StartAsync(redis);
        await using var alice = await NativeClient.JoinAsync(one.Uri, "Alice");
        await using var bob = await JoinLastAsync(two, "Bob", others: 1);

        await redis.StopAsync();
        await alice.SayAsync("can you hear me?");
        await alice.ReadUntilAsync("can you hear me?");
        await redis.StartAgainAsync();

        Assert.Equal(["Alice: can you hear me?"], await bob.ReadUntilAsync("can you hear me?"));

        foreach (var server in new[] { one, two })
        {
            server.Logs.Expect("Redis");
            server.Logs.Expect("cluster");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"type":"said"}""")]
    [InlineData("""{"type":"said","node":"x","message":null}""")]
    [InlineData("""{"type":"said","node":"x","message":{"type":"message","id":"1"}}""")]
    [InlineData("""{"type":"came","node":"x","person":{"name":null,"session":"","generation":1}}""")]
    [InlineData("""{"type":"state","node":"x","people":[null],"history":[]}""")]
    [InlineData("""{"type":"state","node":"x","people":"all","history":[]}""")]
    public async Task Rubbish_on_the_channel_changes_nothing(string rubbish)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis);
        await using var outside = new RedisClient(RedisOptions.Parse(redis.Url));
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");

        await outside.PublishAsync(NativeBus.ChannelName, Encoding.UTF8.GetBytes(rubbish));
        await outside.PublishAsync(NativeBus.ChannelName, Encode(new SaidMessage("x", new("1", "Bob", "after it", DateTime.UnixEpoch))));

        Assert.Equal(["Bob: after it"], await alice.ReadUntilAsync("after it"));
    }

    private static byte[] Encode(BusMessage message) => message.Encode();

    private static async Task<AppServer> StartAsync(RedisServer redis, TimeProvider? time = null)
    {
        await using var outside = new RedisClient(RedisOptions.Parse(redis.Url));
        var before = await outside.CountSubscribersAsync(NativeBus.ChannelName);
        var server = await AppServer.StartAsync(time: time, settings: ["--REDIS_URL", redis.Url]);

        // The native chat stores nothing, so these nodes need no database together.
        server.Logs.Expect("Another node is on the same Redis");
        await Eventually.Async("the node listens", async () => await outside.CountSubscribersAsync(NativeBus.ChannelName) > before);
        return server;
    }

    /// <summary>Joins once the node knows of those on others.</summary>
    private static async Task<NativeClient> JoinLastAsync(AppServer server, string name, int others, string? session = null)
    {
        var room = (NativeRoom)server.Services.GetService(typeof(NativeRoom))!;
        await Eventually.Async("the others are known", () => room.Count.Everywhere == others);
        return await NativeClient.JoinAsync(server.Uri, name, session);
    }
}
