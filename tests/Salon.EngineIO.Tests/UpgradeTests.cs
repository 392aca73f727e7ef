using System.Net;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>From polling to WebSocket: Engine.IO v4, "Upgrade".</summary>
public class UpgradeTests
{
    [Fact]
    public async Task A_session_moves_to_a_websocket()
    {
        await using var server = await EchoServer.StartAsync();
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await using var webSocket = await ProbeAsync(server, polling);

        using var released = await polling.GetAsync();
        Assert.Equal("6", await released.Content.ReadAsStringAsync());

        await webSocket.SendAsync("5", "4hello");
        Assert.Equal("4hello", await webSocket.ReceiveAsync());
        Assert.Equal(EngineTransport.WebSocket, Assert.Single(server.Sessions).Transport);
        Assert.Equal((0, 1), (server.Engine.CountClients(EngineTransport.Polling), server.Engine.CountClients(EngineTransport.WebSocket)));
    }

    [Fact]
    public async Task A_waiting_poll_is_released_again_and_again_until_the_client_switches()
    {
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(time: time);
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await using var webSocket = await ProbeAsync(server, polling);

        for (var i = 0; i < 3; i++)
        {
            var poll = polling.GetAsync();
            await Eventually.Async("the poll is released", () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                return poll.IsCompleted;
            });
            using var response = await poll;
            Assert.Equal("6", await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Messages_flow_over_polling_until_the_switch_and_none_is_lost_or_overtaken()
    {
        await using var server = await EchoServer.StartAsync();
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await using var webSocket = await ProbeAsync(server, polling);
        var session = Assert.Single(server.Sessions);

        session.TrySend(EngineMessage.CreateText("over polling"u8));
        var received = new List<string>();

        while (!received.Contains("4over polling"))
        {
            received.Add((await polling.ReceiveAnyAsync().Soon())!);
        }

        session.TrySend(EngineMessage.CreateText("queued"u8));
        await webSocket.SendAsync("5");
        await Eventually.Async("the session has moved", () => session.Transport == EngineTransport.WebSocket);
        session.TrySend(EngineMessage.CreateText("after"u8));

        Assert.Equal("4queued", await webSocket.ReceiveAsync());
        Assert.Equal("4after", await webSocket.ReceiveAsync());
    }

    [Fact]
    public async Task A_poll_that_waits_at_the_switch_is_given_back()
    {
        await using var server = await EchoServer.StartAsync();
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await using var webSocket = await ProbeAsync(server, polling);
        await webSocket.SendAsync("5");
        await Eventually.Async("the session has moved", () => server.Sessions.First().Transport == EngineTransport.WebSocket);

        using var late = await polling.GetAsync();

        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
        Assert.Equal("""{"code":3,"message":"Bad request"}""", await late.Content.ReadAsStringAsync());
        using var post = await polling.PostAsync("4late");
        Assert.Equal(HttpStatusCode.BadRequest, post.StatusCode);
        await webSocket.SendAsync("4alive");
        Assert.Equal("4alive", await webSocket.ReceiveAsync());
    }

    [Theory]
    [InlineData("after")]
    [InlineData("during")]
    public async Task A_second_websocket_is_closed_and_the_first_goes_on(string when)
    {
        await using var server = await EchoServer.StartAsync();
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await using var first = await ProbeAsync(server, polling);

        if (when == "after")
        {
            await first.SendAsync("5", "4one");
            Assert.Equal("4one", await first.ReceiveAsync());
        }

        await using var second = await RawWebSocketClient.ConnectAsync(server.Uri, sessionId: polling.SessionId);
        await second.SendAsync("2probe", "5", "4from the second");
        await second.WaitUntilClosedAsync();

        if (when == "during")
        {
            await first.SendAsync("5");
        }

        await first.SendAsync("4two");
        Assert.Equal("4two", await first.ReceiveAsync());
        Assert.DoesNotContain("from the second", server.Received);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("2PROBE")]
    [InlineData("4hello")]
    [InlineData("1")]
    [InlineData("abc")]
    public async Task A_websocket_that_does_something_else_is_closed_and_polling_goes_on(string packet)
    {
        await using var server = await EchoServer.StartAsync();
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await using var webSocket = await RawWebSocketClient.ConnectAsync(server.Uri, sessionId: polling.SessionId);

        await webSocket.SendAsync(packet);

        await webSocket.WaitUntilClosedAsync();
        await polling.SendAsync("4still here");
        Assert.Equal("4still here", await polling.ReceiveAsync());
        Assert.Equal(["still here"], server.Received);
    }

    [Fact]
    public async Task The_upgrade_packet_is_enough_as_elephant_io_sends_it()
    {
        await using var server = await EchoServer.StartAsync();
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        var session = Assert.Single(server.Sessions);
        session.TrySend(EngineMessage.CreateText("queued"u8));
        await using var webSocket = await RawWebSocketClient.ConnectAsync(server.Uri, sessionId: polling.SessionId);

        await webSocket.SendAsync("5", "4hello");

        Assert.Equal("4queued", await webSocket.ReceiveAsync());
        Assert.Equal("4hello", await webSocket.ReceiveAsync());
        Assert.Equal(EngineTransport.WebSocket, session.Transport);
    }

    [Fact]
    public async Task A_poll_that_waits_while_a_client_upgrades_without_a_probe_is_given_back()
    {
        await using var server = await EchoServer.StartAsync();
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        var poll = polling.GetAsync();
        await Eventually.Async("the poll waits", () => server.Sessions.First().TrySend(EngineMessage.CreateText("x"u8), isVolatile: true) == SendResult.Queued);
        using var first = await poll;
        poll = polling.GetAsync();
        await using var webSocket = await RawWebSocketClient.ConnectAsync(server.Uri, sessionId: polling.SessionId);

        await webSocket.SendAsync("5", "4hello");

        Assert.Equal("4hello", await webSocket.ReceiveAsync());
        using var released = await poll.Soon();
        await webSocket.SendAsync("4still here");
        Assert.Equal("4still here", await webSocket.ReceiveAsync());
    }

    [Fact]
    public async Task Binary_data_on_a_probing_websocket_closes_it()
    {
        await using var server = await EchoServer.StartAsync();
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await using var webSocket = await RawWebSocketClient.ConnectAsync(server.Uri, sessionId: polling.SessionId);

        await webSocket.SendBinaryAsync("2probe"u8.ToArray());

        await webSocket.WaitUntilClosedAsync();
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task An_upgrade_that_does_not_come_to_an_end_is_given_up_and_another_may_try()
    {
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(time: time);
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await using var slow = await ProbeAsync(server, polling);

        time.Advance(TimeSpan.FromSeconds(10));
        await slow.WaitUntilClosedAsync();

        await using var next = await ProbeAsync(server, polling);
        await next.SendAsync("5", "4hello");
        Assert.Equal("4hello", await next.ReceiveAsync());
    }

    [Fact]
    public async Task A_session_that_ends_takes_the_probing_websocket_with_it()
    {
        await using var server = await EchoServer.StartAsync();
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await using var webSocket = await ProbeAsync(server, polling);

        await polling.SendAsync("1");

        await webSocket.WaitUntilClosedAsync();
        Assert.Equal(CloseReason.TransportClose, await server.WaitForCloseAsync());
    }

    [Fact]
    public async Task A_foreign_or_forgotten_session_cannot_be_taken_over()
    {
        await using var server = await EchoServer.StartAsync();
        await using var victim = await RawPollingClient.OpenAsync(server.Uri);

        foreach (var id in new[] { "abc", "__proto__", new string('A', 5000), victim.SessionId[..^1], victim.SessionId.ToLowerInvariant() + "A" })
        {
            using var connection = await RawConnection.ConnectAsync(server.Uri);
            var head = await connection.RequestAsync($"GET {EchoServer.Path}?EIO=4&transport=websocket&sid={id} HTTP/1.1", RawConnection.UpgradeHeaders);
            Assert.StartsWith("HTTP/1.1 400", head);
        }

        await victim.SendAsync("4mine");
        Assert.Equal("4mine", await victim.ReceiveAsync());
    }

    [Fact]
    public async Task A_post_that_is_under_way_at_the_switch_is_handled_before_what_follows_it()
    {
        var gate = new TaskCompletionSource();
        await using var server = await EchoServer.StartAsync(onMessage: (_, data) => data.Span.SequenceEqual("slow"u8) ? gate.Task : Task.CompletedTask);
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await using var webSocket = await ProbeAsync(server, polling);

        var post = polling.PostAsync("4slow\u001e4posted");
        await Eventually.Async("the post is being handled", () => server.Received.Contains("slow"));
        await webSocket.SendAsync("5", "4sent");
        gate.SetResult();

        Assert.Equal("4slow", await webSocket.ReceiveAsync());
        Assert.Equal("4posted", await webSocket.ReceiveAsync());
        Assert.Equal("4sent", await webSocket.ReceiveAsync());
        using var response = await post;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task An_upgraded_session_lives_on_its_heartbeat()
    {
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(time: time);
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await using var webSocket = await ProbeAsync(server, polling);
        await webSocket.SendAsync("5", "4");
        Assert.Equal("4", await webSocket.ReceiveAsync());

        time.Advance(TimeSpan.FromSeconds(25));

        Assert.Equal("2", await webSocket.ReceiveAnyAsync().Soon());
    }

    /// <summary>Takes the first step of an upgrade.</summary>
    private static async Task<RawWebSocketClient> ProbeAsync(EchoServer server, RawPollingClient polling)
    {
        var webSocket = await RawWebSocketClient.ConnectAsync(server.Uri, sessionId: polling.SessionId);
        await webSocket.SendAsync("2probe");
        Assert.Equal("3probe", await webSocket.ReceiveAnyAsync().Soon());
        return webSocket;
    }
}
