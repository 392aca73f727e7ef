using System.Net;
using System.Text.Json;
using System.Threading.RateLimiting;
using Salon.EngineIO;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Clients that do too much at once.</summary>
public class RateLimitTests
{
    [Theory]
    [EachTransport]
    public async Task Events_over_the_limit_are_refused_with_the_time_to_wait_and_the_others_go_on(string transport)
    {
        await using var server = await SocketServer.StartAsync(configure: options => options.EventLimiter = RateLimits.EventsPerSocket(burst: 3, perSecond: 1));
        using var counted = new CounterWatcher(server, "salon.socketio.events.limited");
        await using var flooding = await server.ConnectAsync(transport);
        await using var calm = await server.ConnectAsync(transport);

        await flooding.SendAsync([.. Enumerable.Range(0, 6).Select(i => $"42{i}[\"message-with-ack\",{i}]")]);
        await calm.SendAsync("421[\"message-with-ack\"]");

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal($"43{i}[{i}]", await flooding.ReceiveAsync());
        }

        for (var i = 3; i < 6; i++)
        {
            var error = JsonDocument.Parse((await flooding.ReceiveAsync())![3..]).RootElement[0].GetProperty("error");
            Assert.Equal("rate_limited", error.GetProperty("code").GetString());
            Assert.InRange(error.GetProperty("retryAfter").GetDouble(), 0.001, 10);
        }

        Assert.Equal("431[]", await calm.ReceiveAsync());
        Assert.Equal(3, counted.Sum);

        // The bucket fills again.
        await Eventually.Async("an event is handled again", async () =>
        {
            await flooding.SendAsync("427[\"message-with-ack\"]");
            return await flooding.ReceiveAsync() == "437[]";
        });
    }

    [Theory]
    [EachTransport]
    public async Task Leaving_and_coming_back_fills_no_bucket(string transport)
    {
        await using var server = await SocketServer.StartAsync(
            io => io.Of(new System.Text.RegularExpressions.Regex("^/game-")).OnConnection(socket => socket.On("message-with-ack", (Ack ack) => ack.SendAsync())),
            options => options.EventLimiter = RateLimits.EventsPerSocket(burst: 3, perSecond: 1));
        await using var client = await server.OpenAsync(transport);
        var handled = 0;

        for (var i = 0; i < 10; i++)
        {
            // The same namespace again, and one that is new.
            foreach (var name in new[] { "/custom", $"/game-{i}" })
            {
                await client.SendAsync($"40{name},");
                Assert.StartsWith($"40{name},{{\"sid\":", await client.ReceiveAsync());
                await client.SendAsync($"42{name},1[\"message-with-ack\"]", $"41{name},");
                handled += (await client.ReceiveAsync())!.EndsWith("[]", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        // Three at once, and one for each second that the test takes.
        Assert.InRange(handled, 3, 19);
    }

    [Fact]
    public async Task Connecting_again_fills_no_more_than_an_address_may_have()
    {
        await using var server = await SocketServer.StartAsync();
        using var limiter = RateLimits.EventsPerSocket(burst: 1000, perSecond: 1);
        var clients = await Task.WhenAll(Enumerable.Range(0, 101).Select(_ => server.ConnectAsync("websocket")));
        var acquired = 0;

        foreach (var socket in server.IO.Sockets.Sockets.Values)
        {
            for (var i = 0; i < 1000; i++)
            {
                using var lease = limiter.AttemptAcquire(socket);
                acquired += lease.IsAcquired ? 1 : 0;
            }
        }

        // Those of a hundred connections, and a hundred more for each second that this took.
        Assert.InRange(acquired, 100_000, 100_999);

        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public void Networks_of_IPv6_are_one_address_and_forms_of_IPv4_too()
    {
        using var limiter = RateLimits.ConnectsPerAddress(burst: 2, perSecond: 1);

        foreach (var (address, isAcquired) in new[]
        {
            ("2001:db8:1:1::1", true), ("2001:db8:1:1:ffff::2", true), ("2001:db8:1:1::3", false), ("2001:db8:1:2::1", true),
            ("192.0.2.1", true), ("::ffff:192.0.2.1", true), ("192.0.2.1", false), ("192.0.2.2", true),
        })
        {
            using var lease = limiter.AttemptAcquire(HandshakeOf(address));
            Assert.True(isAcquired == lease.IsAcquired, address);
        }
    }

    [Fact]
    public void A_disposed_limiter_is_disposed_as_a_whole()
    {
        var limiter = RateLimits.EventsPerSocket(burst: 2, perSecond: 1);

        limiter.Dispose();
        limiter.Dispose();

        Assert.Throws<ObjectDisposedException>(() => limiter.AttemptAcquire(null!));
    }

    [Theory]
    [EachTransport]
    public async Task An_address_shares_its_bucket(string transport)
    {
        await using var server = await SocketServer.StartAsync(configure: options => options.EventLimiter = RateLimits.EventsPerAddress(burst: 2, perSecond: 1));
        await using var first = await server.ConnectAsync(transport);
        await using var second = await server.ConnectAsync(transport);

        await first.SendAsync("421[\"message-with-ack\"]");
        Assert.Equal("431[]", await first.ReceiveAsync());
        await second.SendAsync("421[\"message-with-ack\"]", "422[\"message-with-ack\"]");
        Assert.Equal("431[]", await second.ReceiveAsync());
        Assert.Contains("rate_limited", await second.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Joining_too_often_is_refused_with_the_time_to_wait(string transport)
    {
        var asked = 0;
        await using var server = await SocketServer.StartAsync(
            io => io.Use(_ =>
            {
                asked++;
                return (ConnectError?)null;
            }),
            options => options.ConnectLimiter = PartitionedRateLimiter.CreateChained(
                RateLimits.ConnectsPerAddress(burst: 2, perSecond: 1),
                RateLimits.ConnectsPerUser(burst: 100, perSecond: 1)));
        using var counted = new CounterWatcher(server, "salon.socketio.connects.limited");
        await using var first = await server.ConnectAsync(transport);
        await using var second = await server.ConnectAsync(transport, "/custom");
        await using var third = await server.OpenAsync(transport);

        await third.SendAsync("40");

        var error = JsonDocument.Parse((await third.ReceiveAsync())![2..]).RootElement;
        Assert.Equal("rate_limited", error.GetProperty("data").GetProperty("code").GetString());
        Assert.InRange(error.GetProperty("data").GetProperty("retryAfter").GetDouble(), 0.001, 10);
        Assert.Equal(1, counted.Sum);
        Assert.Equal(1, asked);
        Assert.Single(server.IO.Sockets.Sockets);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void A_limit_that_lets_nothing_pass_is_refused(int burst, int perSecond)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RateLimits.EventsPerSocket(burst, perSecond));
    }

    private static Handshake HandshakeOf(string address) =>
        new(new EngineHandshake("/socket.io/", [], IPAddress.Parse(address), isSecure: false, DateTimeOffset.UnixEpoch), auth: default);
}
