using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Salon.Redis;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>What the reference's adapters do not do, or not well.</summary>
public class AdapterTests
{
    public static TheoryData<RedisAdapterKind> Kinds => [RedisAdapterKind.Classic, RedisAdapterKind.Sharded, RedisAdapterKind.Streams];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_emitted_just_before_a_disconnect_arrives(RedisAdapterKind kind)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, kind, static options => options.ConnectionStateRecovery = new ConnectionStateRecovery());
        await using var person = await Person.ConnectAsync(server.Uri);
        var socket = server.IO.Sockets.Sockets[person.Id];

        await socket.EmitAsync("bye");
        await server.IO.To(person.Id).EmitAsync("bye", "again");
        socket.Disconnect(close: true);

        await Eventually.Async("it is gone", () => person.IsGone);
        Assert.Collection(person.Events, static first => Assert.StartsWith("[\"bye\"", first), static second => Assert.StartsWith("[\"bye\",\"again\"", second));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_client_that_lost_its_connection_finds_what_other_servers_sent_meanwhile(RedisAdapterKind kind)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, kind, static options => options.ConnectionStateRecovery = new ConnectionStateRecovery());
        await using var second = await ClusterServer.StartAsync(redis.Url, kind, static options => options.ConnectionStateRecovery = new ConnectionStateRecovery());
        using var stays = await RawConnection.UpgradeAsync(first.Uri, "/socket.io/");
        await stays.SendFrameAsync(0x81, "40");
        var connected = "";

        while (!connected.StartsWith("40", StringComparison.Ordinal))
        {
            connected = Encoding.UTF8.GetString((await stays.ReceiveFrameAsync().Soon())!.Value.Payload);
        }

        var ids = System.Text.Json.JsonDocument.Parse(connected[2..]).RootElement;
        await Eventually.Async("both know each other", () => first.Members.Others.Count == 1 && second.Members.Others.Count == 1);
        await using var witness = await Person.ConnectAsync(first.Uri);
        await Eventually.Async("the second reaches the first", async () =>
        {
            await second.IO.EmitAsync("ready");
            return witness.Events.Any(static text => text.StartsWith("[\"ready\"", StringComparison.Ordinal));
        });
        stays.Dispose();
        await Eventually.Async("it is missed", () => first.IO.Sockets.Sockets.Count == 1);

        await second.IO.EmitAsync("missed", 1);
        await Eventually.Async("the first has heard it", () => witness.Events.Any(static text => text.StartsWith("[\"missed\"", StringComparison.Ordinal)));
        await using var back = await Person.ConnectAsync(first.Uri, auth: $$"""{"pid":"{{ids.GetProperty("pid")}}"}""");

        Assert.Equal(ids.GetProperty("sid").GetString(), back.Id);
        await Eventually.Async("it is replayed", () => back.Events.Any(static text => text.StartsWith("[\"missed\",1", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_cannot_be_read_is_skipped_and_counted(RedisAdapterKind kind)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, kind);
        await using var other = await ClusterServer.StartAsync(redis.Url, kind);
        await using var person = await Person.ConnectAsync(server.Uri, room: "room");
        server.Logs.Expect("could not be read");
        other.Logs.Expect("could not be read");
        await using var client = new RedisClient(RedisOptions.Parse(redis.Url));
        byte[][] rubbish =
        [
            [], [0xc1], [0x93, 0xa1, 0x61], "{"u8.ToArray(), "[]"u8.ToArray(), "{}"u8.ToArray(), "null"u8.ToArray(),
            """{"uid":"x","nsp":"/","type":3,"data":{}}"""u8.ToArray(),
            """{"uid":"x","nsp":"/","type":3,"data":{"packet":{"type":2,"data":[]},"opts":{}}}"""u8.ToArray(),
            """{"uid":"x","nsp":"/","type":3,"data":{"packet":{"type":2,"data":[{}]},"opts":{"rooms":7.5}}}"""u8.ToArray(),
            """{"uid":"x","nsp":"/","type":99,"data":1}"""u8.ToArray(),
            """{"uid":"x","type":7,"requestId":1}"""u8.ToArray(),
            Encoding.UTF8.GetBytes("{\"uid\":\"x\",\"nsp\":\"/\",\"type\":3,\"data\":" + new string('[', 5000)),
            [0x93, 0xa1, 0x78, 0x83, 0xa4, 0x74, 0x79, 0x70, 0x65, 0x02, 0xa4, 0x64, 0x61, 0x74, 0x61, 0xdd, 0xff, 0xff, 0xff, 0xff],
        ];

        foreach (var channel in new[] { "socket.io#/#", "socket.io#/#room#", "socket.io-request#/#", "socket.io-response#/#" })
        {
            foreach (var payload in rubbish)
            {
                await client.PublishAsync(channel, payload);
                await client.PublishShardedAsync(channel, payload);
            }
        }

        foreach (var payload in rubbish)
        {
            await client.StreamAddAsync("socket.io", [new("nsp", "/"u8.ToArray()), new("type", "3"u8.ToArray()), new("uid", "x"u8.ToArray()), new("data", payload)]);
            await client.StreamAddAsync("socket.io", [new("nonsense", payload)]);
        }

        await Eventually.Async("what comes afterwards arrives", async () =>
        {
            await other.IO.To("room").EmitAsync("sense");
            return person.Events.Contains("[\"sense\"]");
        });
    }

    [Fact]
    public async Task Who_subscribes_without_being_a_server_makes_answers_late_but_loses_none()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic, static options => options.BroadcastAckTimeout = TimeSpan.FromSeconds(1));
        await using var second = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        first.Logs.Expect("did not answer");
        await using var near = await Person.ConnectAsync(first.Uri);
        await using var far = await Person.ConnectAsync(second.Uri);
        await Eventually.Async("both are found", async () => (await near.AskAsync("fetch", new { }))[0].GetArrayLength() == 2);
        await using var client = new RedisClient(RedisOptions.Parse(redis.Url));
        await using var stray = await client.SubscribeAsync("socket.io-request#/#", static _ => { });

        Assert.Equal(2, (await near.AskAsync("fetch", new { }))[0].GetArrayLength());
    }

    [Fact]
    public async Task A_sharded_server_gets_only_what_its_rooms_need()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Sharded);
        await using var second = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Sharded);
        await using var here = await Person.ConnectAsync(first.Uri, room: "here");
        await using var there = await Person.ConnectAsync(second.Uri, room: "there");
        await using var client = new RedisClient(RedisOptions.Parse(redis.Url));

        // Joined is subscribed.
        Assert.Equal(1, await client.CountShardedSubscribersAsync("socket.io#/#here#"));
        Assert.Equal(1, await client.CountShardedSubscribersAsync("socket.io#/#there#"));
        await second.IO.To("here").EmitAsync("from there");
        await here.WaitForAsync("[\"from there\"]");

        await there.AskAsync("join", "here");
        Assert.Equal(2, await client.CountShardedSubscribersAsync("socket.io#/#here#"));
        await second.IO.In("here").SocketsLeaveAsync("here");
        await Eventually.Async("nobody listens any more", async () => await client.CountShardedSubscribersAsync("socket.io#/#here#") == 0);
    }

    [Fact]
    public async Task A_program_that_is_no_server_emits_and_directs_over_redis()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        await using var person = await Person.ConnectAsync(server.Uri, room: "a");
        await using var other = await Person.ConnectAsync(server.Uri, room: "b");
        await using var client = new RedisClient(RedisOptions.Parse(redis.Url));
        var emitter = new SocketIOEmitter(client);
        await Eventually.Async("the server listens", async () =>
        {
            await emitter.EmitAsync("ready");
            return person.Events.Contains("[\"ready\"]");
        });

        await emitter.To("a").EmitAsync("to a", 1, new { x = "é" });
        await emitter.Except("a").EmitAsync("not to a");
        await emitter.In("a", "b").Volatile.Compress(false).EmitAsync("to both");
        await person.WaitForAsync("[\"to a\",1,{\"x\":\"é\"}]");
        await other.WaitForAsync("[\"not to a\"]");
        await other.WaitForAsync("[\"to both\"]");
        Assert.DoesNotContain(other.Events, static text => text.StartsWith("[\"to a\"", StringComparison.Ordinal));

        await emitter.In("a").SocketsJoinAsync("c");
        await Eventually.Async("it has joined", async () => (await person.AskAsync("my rooms"))[0].ToString().Contains("\"c\""));
        await emitter.In("c").SocketsLeaveAsync("c");
        await Eventually.Async("it has left", async () => !(await person.AskAsync("my rooms"))[0].ToString().Contains("\"c\""));
        await emitter.ServerSideEmitAsync("told", "from outside");
        await Eventually.Async("the program has heard it", async () => (await person.AskAsync("heard"))[0].ToString().Contains("from outside"));
        await emitter.In("a").DisconnectSocketsAsync();
        await Eventually.Async("it is gone", () => person.IsGone);
        Assert.False(other.IsGone);
        await Assert.ThrowsAsync<ArgumentException>(() => emitter.EmitAsync("connect"));
    }

    [Theory]
    [InlineData("http://localhost", typeof(FormatException))]
    [InlineData("redis://localhost:99999", typeof(FormatException))]
    [InlineData("", typeof(FormatException))]
    public void A_wrong_address_is_refused_at_once(string url, Type type) =>
        Assert.Throws(type, () => new ServiceCollection().AddSocketIO().AddRedis(url));

    [Fact]
    public void A_server_is_in_one_cluster()
    {
        var builder = new ServiceCollection().AddSocketIO().AddRedis("redis://localhost");

        var error = Assert.Throws<InvalidOperationException>(() => builder.AddRedis("redis://other"));

        Assert.Contains("AddRedis", error.Message, StringComparison.Ordinal);
    }
}
