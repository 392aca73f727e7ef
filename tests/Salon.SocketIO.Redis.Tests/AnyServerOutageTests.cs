using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Salon.Redis;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Redis loses what servers tell each other about requests, or is away.</summary>
public class AnyServerOutageTests
{
    [Fact]
    public async Task What_redis_loses_on_the_way_is_sent_again_and_nothing_comes_twice()
    {
        const int Count = 60;

        // Not about leases: a server that stood still for longer than its own would be gone, with its sessions.
        await using var cluster = await ClusterTrio.StartAsync(configureRedis: static options => options.MemberTimeout = TimeSpan.FromMinutes(1));
        OutageTests.ExpectTrouble([.. cluster.Servers]);
        await using var person = await Person.ConnectAsync(cluster.Proxy.Uri, "polling", "room");
        var home = cluster.Servers.Single(static server => server.IO.Engine.ClientsCount == 1);
        var losing = Task.CompletedTask;

        for (var i = 0; i < Count; i++)
        {
            // Not before all listen again, and something has got through: else nothing ever might.
            losing = losing.IsCompletedSuccessfully && i % 3 == 0 ? LoseAsync(cluster) : losing;
            await home.IO.To("room").Local.EmitAsync("n", i);
            await person.AskAsync("tell servers", i);
        }

        await losing;
        await Eventually.Async("all have arrived", () => person.Events.Count >= Count);
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => $"[\"n\",{i}]"), person.Events);
        Assert.False(person.IsGone);
    }

    [Fact]
    public async Task A_poll_outlives_a_redis_that_is_started_again()
    {
        await using var cluster = await ClusterTrio.StartAsync();
        OutageTests.ExpectTrouble([.. cluster.Servers]);
        await using var session = await cluster.OpenAsync();
        var poll = session.GetAsync();
        await Eventually.Async("the poll waits", () => cluster.Forwarded(0).Served == 1);

        await cluster.Redis.StopAsync();
        await cluster.Servers[0].IO.Local.EmitAsync("while it was away");
        await cluster.Redis.StartAgainAsync();

        Assert.Equal("""42["while it was away"]""", await (await poll.Soon()).Content.ReadAsStringAsync());
        Assert.Equal("430[]", await session.AskAsync("""420["join","room"]"""));
    }

    [Fact]
    public async Task Without_redis_a_request_is_refused_clearly_and_afterwards_the_session_goes_on()
    {
        await using var cluster = await ClusterTrio.StartAsync();
        OutageTests.ExpectTrouble([.. cluster.Servers]);
        await using var session = await cluster.OpenAsync();
        var heard = new ConcurrentQueue<string>();
        cluster.Servers[0].IO.Sockets.Sockets.Values.Single().OnAny((name, _) => heard.Enqueue(name));
        await cluster.Redis.StopAsync();

        using var refused = await session.PostAsync("""42["refused"]""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.Equal(1, cluster.Forwarded(1).Failed);

        // At its own server it never needed Redis.
        Assert.True((await session.Client.PostAsync("""420["join","room"]""")).IsSuccessStatusCode);
        Assert.Equal("430[]", await session.Client.ReceiveAsync());
        await cluster.Redis.StartAgainAsync();

        // Connections try again after longer and longer pauses.
        await Eventually.Async(
            "it is reached again",
            async () => (await session.PostAsync("""42["afterwards"]""")).IsSuccessStatusCode,
            TimeSpan.FromSeconds(40));
        Assert.DoesNotContain("refused", heard);
    }

    /// <summary>Ends the connections of all that listen, with what is on its way to them, and waits until they listen again.</summary>
    private static async Task LoseAsync(ClusterTrio cluster)
    {
        await cluster.Redis.CommandAsync("CLIENT KILL TYPE pubsub");

        foreach (var server in cluster.Servers)
        {
            var redis = server.Services.GetRequiredService<RedisClient>();
            await Eventually.Async("it listens again", async () => await redis.CountSubscribersAsync($"socket.io-http#{server.Members.Self}#") == 1);
        }
    }
}
