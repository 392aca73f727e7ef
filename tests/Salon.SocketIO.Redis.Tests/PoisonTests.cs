using System.Text;
using Salon.Redis;
using Salon.SocketIO.Redis.Classic;
using Salon.SocketIO.Redis.Forwarding;
using Salon.SocketIO.Redis.Streams;
using Salon.SocketIO.Redis.Wire;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Whatever others write into Redis, what is right and comes behind it arrives.</summary>
public class PoisonTests
{
    private const int Count = 2000;
    private const int GoodEvery = 50;

    private static readonly string[] Data =
    [
        """{"packet":{"type":2,"data":["e",1,{"a":"b"}],"nsp":"/"},"opts":{"rooms":["x","y"],"except":["z"],"flags":{"volatile":true,"compress":false,"timeout":1000}}}""",
        """{"requestId":"abc","packet":{"type":2,"data":["e",1],"nsp":"/"},"opts":{"rooms":["x"],"except":[],"flags":{"timeout":100}}}""",
        """{"opts":{"rooms":["x"],"except":[],"flags":{}},"rooms":["y","z"]}""",
        """{"requestId":"abc","opts":{"rooms":["x"],"except":[],"flags":{}}}""",
        """{"requestId":"abc","sockets":[{"id":"s","handshake":{"headers":{"a":"b"},"auth":{}},"rooms":["x"],"data":{"k":1}}]}""",
        """{"requestId":"abc","packet":["told",1,2]}""",
        """{"requestId":"abc","clientCount":3}""",
        """{"requestId":"abc","packet":["yes"]}""",
    ];

    private static readonly string[] Requests =
    [
        """{"uid":"x","requestId":"abc","type":0,"rooms":["x"]}""",
        """{"uid":"x","requestId":"abc","type":1}""",
        """{"uid":"x","type":2,"opts":{"rooms":["x"],"except":[],"flags":{}},"rooms":["y"]}""",
        """{"uid":"x","type":3,"sid":"s","room":"y"}""",
        """{"uid":"x","requestId":"abc","type":5,"opts":{"rooms":["x"],"except":[],"flags":{}}}""",
        """{"uid":"x","requestId":"abc","type":6,"data":["told",1]}""",
        """{"uid":"x","requestId":"abc","type":7,"packet":{"type":2,"data":["e",1],"nsp":"/"},"opts":{"rooms":["x"],"except":[],"flags":{"timeout":100}}}""",
    ];

    private static readonly string[] Responses =
    [
        """{"requestId":"abc","uid":"x","sockets":[{"id":"s","handshake":{},"rooms":["x"],"data":{}}]}""",
        """{"requestId":"abc","uid":"x","type":6,"data":["a"]}""",
        """{"requestId":"abc","type":8,"clientCount":2}""",
        """{"requestId":"abc","type":9,"packet":["a"]}""",
    ];

    private static readonly string[] Broadcasts =
    [
        """["x",{"type":2,"data":["e",1,{"a":"b"}],"nsp":"/"},{"rooms":["x"],"except":["z"],"flags":{"compress":true,"timeout":5}}]""",
    ];

    public static TheoryData<RedisAdapterKind> Kinds => [RedisAdapterKind.Classic, RedisAdapterKind.Sharded, RedisAdapterKind.Streams];

    [Fact]
    public async Task One_entry_with_half_a_character_as_a_room_does_not_end_the_reading_of_a_stream()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Streams);
        await using var second = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Streams);
        await using var far = await Person.ConnectAsync(second.Uri, room: "room");
        await using var client = new RedisClient(RedisOptions.Parse(redis.Url));
        await EventuallyReachesAsync(first, far, "before");

        // What an anonymous client of a Node.js server can have it write.
        await AddAsync(client, "x", "1", 3, """{"packet":{"type":2,"data":["half"],"nsp":"/"},"opts":{"rooms":["\ud800","room"],"except":[],"flags":{}}}""");

        await far.WaitForAsync("[\"half\"]");
        await EventuallyReachesAsync(first, far, "after");
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775806")]
    [InlineData("1000000")]
    [InlineData("-9223372036854775808")]
    [InlineData("9223372036854775808")]
    public async Task A_number_beyond_all_in_a_servers_name_hides_nothing_of_what_it_says_later(string number)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Streams, static options => options.ConnectionStateRecovery = new ConnectionStateRecovery());
        await using var second = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Streams, static options => options.ConnectionStateRecovery = new ConnectionStateRecovery());
        first.Logs.Expect("could not be read");
        await using var near = await Person.ConnectAsync(first.Uri, room: "room");
        await using var far = await Person.ConnectAsync(second.Uri, room: "room");
        await using var client = new RedisClient(RedisOptions.Parse(redis.Url));
        await EventuallyReachesAsync(first, far, "before");

        await AddAsync(client, first.Members.Self, number, 3, """{"packet":{"type":2,"data":["forged"],"nsp":"/"},"opts":{"rooms":["room"],"except":[],"flags":{}}}""");
        await far.WaitForNameAsync("forged");

        for (var i = 0; i < 20; i++)
        {
            await first.IO.To("room").EmitAsync($"after {i}");
        }

        await far.WaitForNameAsync("after 19");
        await near.WaitForNameAsync("after 19");
        Assert.Equal(Enumerable.Range(0, 20).Select(static i => $"after {i}"), far.Names.Where(static name => name!.StartsWith("after", StringComparison.Ordinal)));
        Assert.Equal(Enumerable.Range(0, 20).Select(static i => $"after {i}"), near.Names.Where(static name => name!.StartsWith("after", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Thousands_of_mutated_messages_between_good_ones_cost_none_of_them(RedisAdapterKind kind)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, kind);
        await using var second = await ClusterServer.StartAsync(redis.Url, kind);
        ExpectPoison(first, second);
        await using var far = await Person.ConnectAsync(second.Uri, room: "room");
        await using var client = new RedisClient(RedisOptions.Parse(redis.Url));
        await EventuallyReachesAsync(first, far, "ready");
        var mutations = new Mutations(12_000 + (int)kind);

        for (var i = 0; i < Count; i++)
        {
            await PoisonAsync(client, kind, mutations, i);

            if (i % GoodEvery == 0)
            {
                await first.IO.To("room").EmitAsync($"good {i / GoodEvery}");
            }
        }

        await far.WaitForAsync($"[\"good {(Count - 1) / GoodEvery}\"]");
        Assert.Equal(
            Enumerable.Range(0, Count / GoodEvery).Select(static i => $"[\"good {i}\"]"),
            far.Events.Where(static text => text.StartsWith("[\"good ", StringComparison.Ordinal)));

        // Questions are answered too.
        await using var near = await Person.ConnectAsync(first.Uri);
        await Eventually.Async("both are found", async () => (await near.AskAsync("fetch", new { }))[0].GetArrayLength() == 2);
    }

    [Fact]
    public void Mutated_messages_are_read_or_refused_and_nothing_else()
    {
        var mutations = new Mutations(12_010);
        var (read, refused) = (0, 0);

        for (var i = 0; i < 20_000; i++)
        {
            var data = Data[i % Data.Length];
            var type = (i / Data.Length % 11) + 1;
            Try(() => ClusterCodec.Decode(type, "x", mutations.MutateJson(data)));
            Try(() => ClusterCodec.Decode(mutations.MutateJson($$"""{"uid":"x","nsp":"/","type":{{type}},"data":{{data}}}"""), "/"));
            Try(() => ClusterCodec.Decode(mutations.MutateBytes(Pack($$"""{"uid":"x","nsp":"/","type":{{type}},"data":{{data}}}""")), "/"));
            Try(() => ClassicCodec.DecodeBroadcast(mutations.MutateBytes(Pack(Broadcasts[0])), "/"));
            Try(() => ClassicCodec.DecodeRequest(WireReader.Read(mutations.MutateJson(Requests[i % Requests.Length]))));
            Try(() => ClassicCodec.DecodeResponse(mutations.MutateJson(Responses[i % Responses.Length])));
        }

        Assert.InRange(read, 1000, int.MaxValue);
        Assert.InRange(refused, 1000, int.MaxValue);

        void Try(Action decode)
        {
            try
            {
                decode();
                read++;
            }
            catch (FormatException)
            {
                refused++;
            }
        }
    }

    [Fact]
    public void Mutated_messages_about_requests_are_read_or_refused_and_nothing_else()
    {
        var mutations = new Mutations(12_020);
        var request = ForwardCodec.Encode(new ForwardMessage(ForwardKind.Request, "server", 7)
        {
            Request = new RequestHead("GET", "http", "localhost", "/socket.io/", "?EIO=4", "127.0.0.1"),
            Headers = [new("Accept", "*/*")],
            Body = "body"u8.ToArray(),
        });
        var refused = 0;

        for (var i = 0; i < 20_000; i++)
        {
            try
            {
                ForwardCodec.Decode(mutations.MutateBytes(request));
            }
            catch (FormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 19_999);
    }

    [Fact]
    public void A_number_is_new_once_in_whatever_order_numbers_come()
    {
        var seen = new SeenNumbers();

        Assert.All(Enumerable.Range(1, 1000), number => Assert.True(seen.TryAdd(number)));
        Assert.True(seen.TryAdd(long.MaxValue));
        Assert.False(seen.TryAdd(long.MaxValue));
        Assert.False(seen.TryAdd(500));
        Assert.True(seen.TryAdd(1001));
        Assert.True(seen.TryAdd(2000));
        Assert.True(seen.TryAdd(1002));
        Assert.False(seen.TryAdd(2000));
        Assert.True(seen.TryAdd(2001));

        // Many gaps forget the oldest run, and never the one that grows.
        Assert.All(Enumerable.Range(1, 100), number =>
        {
            Assert.True(seen.TryAdd(number * 10_000));
            Assert.True(seen.TryAdd(2001 + number));
        });
        Assert.False(seen.TryAdd(2101));
    }

    internal static void ExpectPoison(params ClusterServer[] servers)
    {
        foreach (var server in servers)
        {
            server.Logs.Expect("could not be read");
            server.Logs.Expect("from another server failed");
            server.Logs.Expect("asked for");
            server.Logs.Expect("StreamReader.OnEntry failed");
            server.Logs.Expect("RedisAdapter.OnMessage failed");
            server.Logs.Expect("did not answer");
        }
    }

    private static byte[] Pack(string json) => WirePayload.ToMessagePack(Encoding.UTF8.GetBytes(json), []).ToArray();

    private static async Task PoisonAsync(RedisClient client, RedisAdapterKind kind, Mutations mutations, int i)
    {
        var data = Data[i % Data.Length];
        int[] types = [3, 3, 4, 7, 8, 9, 11, 12, 5];
        var type = types[i % types.Length];
        var json = $$"""{"uid":"x","nsp":"/","type":{{type}},"data":{{data}}}""";

        switch (kind)
        {
            case RedisAdapterKind.Streams:
                await AddAsync(client, i % 3 == 0 ? "\u0000" : "x", i % 5 == 0 ? "9223372036854775807" : "", type, Encoding.UTF8.GetString(mutations.MutateJson(data)));
                await client.PublishAsync("socket.io#/#", i % 2 == 0 ? mutations.MutateJson(json) : mutations.MutateBytes(Pack(json)));
                break;

            case RedisAdapterKind.Sharded:
                await client.PublishShardedAsync(i % 2 == 0 ? "socket.io#/#" : "socket.io#/#room#", i % 4 < 2 ? mutations.MutateJson(json) : mutations.MutateBytes(Pack(json)));
                break;

            default:
                await client.PublishAsync(i % 2 == 0 ? "socket.io#/#" : "socket.io#/#room#", mutations.MutateBytes(Pack(Broadcasts[0])));
                await client.PublishAsync("socket.io-request#/#", mutations.MutateJson(Requests[i % Requests.Length]));
                await client.PublishAsync("socket.io-response#/#", mutations.MutateJson(Responses[i % Responses.Length]));
                break;
        }
    }

    private static Task AddAsync(RedisClient client, string sender, string number, int type, string data) => client.StreamAddAsync(
        "socket.io",
        [
            new("uid", Encoding.UTF8.GetBytes(sender)), new("nsp", "/"u8.ToArray()), new("type", Encoding.UTF8.GetBytes($"{type}")),
            new("data", Encoding.UTF8.GetBytes(data)), new("n", Encoding.UTF8.GetBytes(number)),
        ]);

    private static Task EventuallyReachesAsync(ClusterServer from, Person to, string name) => Eventually.Async($"{name} arrives", async () =>
    {
        await from.IO.To("room").EmitAsync(name);
        return to.Names.Contains(name);
    });
}
