using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>The heartbeat: Engine.IO v4, "Heartbeat". The clock is ours.</summary>
public class HeartbeatTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    [Theory]
    [EachTransport]
    public async Task The_server_pings_an_interval_after_each_pong(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(options => options.FirstRequestTimeout = TimeSpan.FromHours(1), time);
        await using var client = await RawClient.OpenAsync(server.Uri, transport);

        for (var cycle = 0; cycle < 3; cycle++)
        {
            time.Advance(Interval);
            Assert.Equal("2", await client.ReceiveAnyAsync().Soon());

            // The client's pong has arrived when what it says next is answered.
            await client.SendAsync("4");
            Assert.Equal("4", await client.ReceiveAsync());
        }

        Assert.Empty(server.Closes);
    }

    [Theory]
    [EachTransport]
    public async Task Nothing_is_pinged_before_its_time(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(options => options.FirstRequestTimeout = TimeSpan.FromHours(1), time);
        await using var client = await RawClient.OpenAsync(server.Uri, transport);

        time.Advance(Interval - TimeSpan.FromMilliseconds(1));
        await client.SendAsync("4first");
        Assert.Equal("4first", await client.ReceiveAnyAsync().Soon());
    }

    [Theory]
    [EachTransport]
    public async Task Silence_ends_the_session(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(options => options.FirstRequestTimeout = TimeSpan.FromHours(1), time);
        await using var client = await RawClient.OpenAsync(server.Uri, transport);

        time.Advance(Interval);
        time.Advance(Timeout);

        Assert.Equal(CloseReason.PingTimeout, await server.WaitForCloseAsync());

        if (client is RawPollingClient polling)
        {
            using var late = await polling.GetAsync();
            Assert.Equal("""{"code":1,"message":"Session ID unknown"}""", await late.Content.ReadAsStringAsync());
        }
        else
        {
            ((RawWebSocketClient)client).AnswersPings = false;
            await client.WaitUntilClosedAsync();
        }
    }

    [Theory]
    [EachTransport]
    public async Task Any_packet_proves_life(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(options => options.FirstRequestTimeout = TimeSpan.FromHours(1), time);
        await using var client = await RawClient.OpenAsync(server.Uri, transport);

        time.Advance(Interval);

        for (var i = 0; i < 10; i++)
        {
            // Not a pong: an upload that takes long.
            await client.SendAsync($"4part {i}");
            await Eventually.Async("the part has arrived", () => server.Received.Count == i + 1);
            time.Advance(Timeout);
        }

        Assert.Empty(server.Closes);
    }

    [Fact]
    public async Task A_websockets_own_ping_proves_life_too()
    {
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(options => options.FirstRequestTimeout = TimeSpan.FromHours(1), time);
        using var connection = await RawConnection.UpgradeAsync(server.Uri);
        await connection.ReceiveFrameAsync();
        time.Advance(Interval);
        Assert.Equal("2"u8.ToArray(), (await connection.ReceiveFrameAsync())!.Value.Payload);

        await connection.SendFrameAsync(0x89, "are you there");
        var pong = await connection.ReceiveFrameAsync();
        time.Advance(Timeout);

        Assert.Equal((byte)0x8a, pong!.Value.FirstByte);
        Assert.Equal("are you there"u8.ToArray(), pong.Value.Payload);
        Assert.Empty(server.Closes);
    }

    [Theory]
    [EachTransport]
    public async Task In_real_time_who_answers_stays(string transport)
    {
        await using var server = await EchoServer.StartAsync(static options => options.PingInterval = TimeSpan.FromMilliseconds(300));
        await using var client = await RawClient.OpenAsync(server.Uri, transport);

        for (var cycle = 0; cycle < 3; cycle++)
        {
            Assert.Equal("2", await client.ReceiveAnyAsync().Soon());
        }

        Assert.Empty(server.Closes);
    }

    [Fact]
    public async Task In_real_time_who_is_silent_goes()
    {
        await using var server = await EchoServer.StartAsync(static options =>
        {
            options.PingInterval = TimeSpan.FromMilliseconds(300);
            options.PingTimeout = TimeSpan.FromMilliseconds(400);
        });
        await using var client = await RawWebSocketClient.OpenAsync(server.Uri);
        client.AnswersPings = false;

        await client.WaitUntilClosedAsync();

        // The client may see it before the handler is told.
        await Eventually.Async("the handler is told", () => !server.Closes.IsEmpty);
        Assert.Equal(CloseReason.PingTimeout, Assert.Single(server.Closes));
    }
}
