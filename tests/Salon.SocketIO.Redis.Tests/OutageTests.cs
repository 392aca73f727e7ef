using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Redis goes away, comes back empty, hangs, or throws everybody out.</summary>
public class OutageTests
{
    public static TheoryData<RedisAdapterKind> Kinds => [RedisAdapterKind.Classic, RedisAdapterKind.Sharded, RedisAdapterKind.Streams];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Clients_of_one_server_hear_each_other_without_redis_and_those_of_others_again_when_it_is_back(RedisAdapterKind kind)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, kind);
        await using var second = await ClusterServer.StartAsync(redis.Url, kind);
        ExpectTrouble(first, second);
        await using var near = await Person.ConnectAsync(first.Uri, "polling", "room");
        await using var far = await Person.ConnectAsync(second.Uri, room: "room");
        await EventuallyReachesAsync(first, far, "before");

        await redis.StopAsync();
        await first.IO.To("room").EmitAsync("away");
        await near.WaitForAsync("[\"away\"]");
        Assert.Equal(1, (await near.AskAsync("fetch", new { rooms = new[] { "room" } }))[0].GetArrayLength());

        await redis.StartAgainAsync();
        await EventuallyReachesAsync(first, far, "after");
        await EventuallyReachesAsync(second, near, "and back");
    }

    [Fact]
    public async Task A_server_starts_without_redis_and_joins_the_others_when_it_is_there()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.StopAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        await using var second = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        ExpectTrouble(first, second);
        await using var near = await Person.ConnectAsync(first.Uri, room: "room");
        await using var far = await Person.ConnectAsync(second.Uri, room: "room");
        await first.IO.To("room").EmitAsync("alone");
        await near.WaitForAsync("[\"alone\"]");

        await redis.StartAgainAsync();

        await EventuallyReachesAsync(first, far, "together");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Over_streams_no_broadcast_is_lost_and_none_comes_twice_whatever_happens_to_redis(bool recovers)
    {
        const int Count = 3000;

        void Configure(SocketIOOptions options) => options.ConnectionStateRecovery = recovers ? new ConnectionStateRecovery() : null;

        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Streams, Configure);
        await using var second = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Streams, Configure);
        ExpectTrouble(first, second);
        await using var near = await Person.ConnectAsync(first.Uri, room: "room");
        await using var far = await Person.ConnectAsync(second.Uri, "polling", "room");
        await EventuallyReachesAsync(first, far, "ready");

        for (var i = 0; i < Count; i++)
        {
            await first.IO.To("room").EmitAsync("n", i);

            switch (i)
            {
                case 500:
                    await redis.CommandAsync("CLIENT KILL TYPE normal");
                    break;

                case 1000:
                    await redis.StopAsync();
                    break;

                case 1500:
                    // Empty: what was in the stream is gone.
                    await redis.StartAgainAsync();
                    break;

                case 2000:
                    redis.Freeze();
                    break;

                case 2500:
                    redis.Thaw();
                    await redis.CommandAsync("CLIENT KILL TYPE normal");
                    break;
            }

            if (i % 50 == 0)
            {
                // Not all at once, so that something is under way each time.
                await Task.Yield();
            }
        }

        var expected = Enumerable.Range(0, Count);
        await Eventually.Async("the last arrives", () => Numbers(far).LastOrDefault() == Count - 1 && Numbers(near).LastOrDefault() == Count - 1, TimeSpan.FromSeconds(40));
        Assert.Equal(expected, Numbers(far));
        Assert.Equal(expected, Numbers(near));

        static IEnumerable<int> Numbers(Person person) => person.Events
            .Select(static text => JsonDocument.Parse(text).RootElement)
            .Where(static @event => @event[0].GetString() == "n")
            .Select(static @event => @event[1].GetInt32());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Subscriptions_come_back_when_redis_has_thrown_everybody_out(RedisAdapterKind kind)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, kind);
        await using var second = await ClusterServer.StartAsync(redis.Url, kind);
        ExpectTrouble(first, second);
        await using var far = await Person.ConnectAsync(second.Uri, room: "room");
        await EventuallyReachesAsync(first, far, "before");

        for (var i = 0; i < 3; i++)
        {
            await redis.CommandAsync("CLIENT KILL TYPE pubsub");
            await redis.CommandAsync("CLIENT KILL TYPE normal");
            await EventuallyReachesAsync(first, far, $"after {i}");
        }
    }

    [Fact]
    public async Task A_server_that_ends_is_known_to_have_left_and_one_that_dies_too()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        ExpectTrouble(first);
        var left = new List<string>();
        first.Members.Left += left.Add;

        var second = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        var id = second.Members.Self;
        await Eventually.Async("it has joined", () => first.Members.Others.Contains(id));
        await second.DisposeAsync();
        await Eventually.Async("it has left", () => first.Members.Others.Count == 0 && left.Contains(id));

        // One that no more renews its lease.
        await redis.CommandAsync("ZADD socket.io:members 9999999999999 dead");
        await Eventually.Async("it is there", () => first.Members.Others.Contains("dead"));
        await redis.CommandAsync("ZADD socket.io:members 1 dead");
        await Eventually.Async("it is gone", () => left.Contains("dead"));
    }

    [Fact]
    public async Task A_redis_that_is_started_again_at_once_and_has_forgotten_everything_makes_nobody_leave()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        await using var second = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        ExpectTrouble(first, second);
        await Eventually.Async("they know each other", () => first.Members.Others.Count == 1 && second.Members.Others.Count == 1);
        var left = 0;
        first.Members.Left += _ => Interlocked.Increment(ref left);
        second.Members.Left += _ => Interlocked.Increment(ref left);

        for (var i = 0; i < 3; i++)
        {
            await redis.StopAsync();
            await redis.StartAgainAsync();
            await Eventually.Async("both are there again", async () => await redis.CommandAsync("ZCARD socket.io:members") == ":2");
        }

        Assert.Equal(0, left);
        Assert.Equal([second.Members.Self], first.Members.Others);
    }

    internal static void ExpectTrouble(params ClusterServer[] servers)
    {
        foreach (var server in servers)
        {
            server.Logs.Expect("Redis");
            server.Logs.Expect("lease");
            server.Logs.Expect("in the stream");
            server.Logs.Expect("other servers");
            server.Logs.Expect("did not answer");
        }
    }

    private static async Task EventuallyReachesAsync(ClusterServer from, Person to, string name)
    {
        // What was emitted before the other side listens again may be lost.
        await Eventually.Async($"{name} arrives", async () =>
        {
            await from.IO.To("room").EmitAsync(name);
            return to.Names.Contains(name);
        });
    }
}
