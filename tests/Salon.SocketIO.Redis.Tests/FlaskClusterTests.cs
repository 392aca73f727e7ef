using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Several of our servers on the bus, with an adapter between them and without: each client gets everything once.</summary>
public class FlaskClusterTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(RedisAdapterKind.Classic)]
    [InlineData(RedisAdapterKind.Sharded)]
    [InlineData(RedisAdapterKind.Streams)]
    public async Task Everybody_gets_everything_once(RedisAdapterKind? kind)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis, kind);
        await using var second = await StartAsync(redis, kind);
        await using var peer = await FlaskPeer.StartAsync(redis);
        var (firstClient, _) = await first.ConnectAsync("/", "a");
        var (secondClient, _) = await second.ConnectAsync("/", "a");
        await WaitForAdapterAsync(first, kind);

        await peer.PublishAsync("""{"method":"emit","event":"from Python","data":[],"namespace":"/","room":"a","host_id":"h"}""");
        await first.IO.To("a").EmitAsync("from us");
        await peer.ReceiveAsync();

        // Behind it on the bus: whatever came twice came before.
        await peer.PublishAsync("""{"method":"emit","event":"end","data":[],"namespace":"/","host_id":"h"}""");
        await AssertReceivesAsync(firstClient, "end", "from Python", "from us");
        await AssertReceivesAsync(secondClient, "end", "from Python", "from us");
        await peer.PublishAsync("""{"method":"emit","event":"end","data":[],"namespace":"/","host_id":"h"}""");
        await AssertReceivesAsync(firstClient, "end");
        await AssertReceivesAsync(secondClient, "end");

        await firstClient.DisposeAsync();
        await secondClient.DisposeAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(RedisAdapterKind.Classic)]
    public async Task One_socket_is_asked_and_moved_wherever_it_is(RedisAdapterKind? kind)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis, kind);
        await using var second = await StartAsync(redis, kind);
        var (client, socket) = await second.ConnectAsync();
        await WaitForAdapterAsync(first, kind);

        var asking = first.IO.To(socket.Id).Timeout(TimeSpan.FromMinutes(1)).EmitWithAckAsync<int>("ask");
        var question = (await client.ReceiveAsync())!;
        await client.SendAsync($"43{question[2..question.IndexOf('[', StringComparison.Ordinal)]}[42]");
        var answers = await asking.Soon();
        Assert.Equal([42], answers);
        Assert.True(answers.IsComplete);

        await first.IO.In(socket.Id).SocketsJoinAsync("a");
        await Eventually.Async("the socket is in the room", () => socket.Rooms.Contains("a"));

        await first.IO.In(socket.Id).DisconnectSocketsAsync();
        Assert.Equal("41", await client.ReceiveAsync());
        await client.DisposeAsync();
    }

    private static async Task<FlaskServer> StartAsync(RedisServer redis, RedisAdapterKind? kind)
    {
        var server = await FlaskServer.StartAsync(redis, add: builder =>
        {
            if (kind is { } adapter)
            {
                builder.AddRedis(redis.Url, options => options.Kind = adapter);
            }
        });

        // While the servers find each other.
        server.Logs.Expect("did not answer");
        return server;
    }

    private static Task WaitForAdapterAsync(FlaskServer server, RedisAdapterKind? kind) => kind is null
        ? Task.CompletedTask
        : Eventually.Async("the adapter reaches both servers", async () => (await server.IO.Timeout(TimeSpan.FromSeconds(1)).FetchSocketsAsync()).Count > server.IO.Sockets.Sockets.Count);

    /// <summary>What comes until the last of these has, is these, in any order.</summary>
    private static async Task AssertReceivesAsync(RawClient client, params string[] events)
    {
        var received = new List<string>();

        for (var i = 0; i < events.Length; i++)
        {
            received.Add((await client.ReceiveAsync())!);
        }

        Assert.Equal(events.Select(static name => $"42[\"{name}\"]").Order(StringComparer.Ordinal), received.Order(StringComparer.Ordinal));
    }
}
