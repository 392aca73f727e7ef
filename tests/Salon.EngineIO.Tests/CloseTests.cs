using System.Net;
using System.Net.WebSockets;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>How sessions end, and what the client learns of it.</summary>
public class CloseTests
{
    [Fact]
    public async Task A_polling_client_that_leaves_gets_its_poll_back()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        var poll = client.GetAsync();

        using var post = await client.PostAsync("1");
        using var released = await poll.Soon();
        using var late = await client.GetAsync();

        Assert.Equal("6", await released.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
        Assert.Equal(CloseReason.TransportClose, await server.WaitForCloseAsync());
    }

    [Fact]
    public async Task A_poll_that_the_close_has_overtaken_is_answered_once_and_no_longer_than_a_moment()
    {
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(time: time);
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        await using var other = await RawPollingClient.OpenAsync(server.Uri);

        using var post = await client.PostAsync("1");
        using var otherPost = await other.PostAsync("1");
        using var overtaken = await client.GetAsync();
        using var late = await client.GetAsync();
        time.Advance(TimeSpan.FromSeconds(1));
        using var muchLater = await other.GetAsync();

        Assert.Equal("6", await overtaken.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, muchLater.StatusCode);
        Assert.Equal(0, server.Engine.ClientsCount);
    }

    [Fact]
    public async Task A_close_packet_on_a_websocket_closes_at_once()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawWebSocketClient.OpenAsync(server.Uri);

        await client.SendAsync("1");

        await client.WaitUntilClosedAsync();
        Assert.Equal(CloseReason.TransportClose, await server.WaitForCloseAsync());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    [Fact]
    public async Task A_websocket_that_closes_or_vanishes_ends_the_session()
    {
        await using var server = await EchoServer.StartAsync();
        var closing = await RawWebSocketClient.OpenAsync(server.Uri);
        var vanishing = await RawWebSocketClient.OpenAsync(server.Uri);

        await closing.CloseAsync();
        await vanishing.DisposeAsync();

        await Eventually.Async("both have ended", () => server.Closes.Count == 2);
        Assert.All(server.Closes, reason => Assert.Equal(CloseReason.TransportClose, reason));
        await closing.DisposeAsync();
    }

    [Fact]
    public async Task What_is_queued_is_still_delivered_when_the_server_closes_a_session()
    {
        await using var server = await EchoServer.StartAsync();

        foreach (var transport in new[] { "polling", "websocket" })
        {
            await using var client = await RawClient.OpenAsync(server.Uri, transport);
            var session = server.Sessions.Last();

            session.TrySend(EngineMessage.CreateText("last words"u8));
            session.Close();

            Assert.Equal("4last words", await client.ReceiveAsync());
            Assert.Null(await client.ReceiveAsync());
        }
    }

    [Fact]
    public async Task A_waiting_poll_learns_of_the_end_at_once_and_a_later_one_when_it_comes()
    {
        await using var server = await EchoServer.StartAsync();
        await using var waiting = await RawPollingClient.OpenAsync(server.Uri);
        await using var later = await RawPollingClient.OpenAsync(server.Uri);
        var poll = waiting.GetAsync();
        await Eventually.Async("the poll waits", () => server.Sessions.First().TrySend(EngineMessage.CreateText("x"u8), isVolatile: true) == SendResult.Queued);
        using var first = await poll;
        poll = waiting.GetAsync();

        foreach (var session in server.Sessions)
        {
            session.Close();
        }

        using var released = await poll.Soon();
        using var late = await later.GetAsync();
        Assert.Contains("1", (await released.Content.ReadAsStringAsync()).Split('\u001e'));
        Assert.Equal("6\u001e1", await late.Content.ReadAsStringAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_server_that_stops_closes_its_sessions_and_does_not_wait_for_them(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, transport);
        var isAsked = transport == "websocket";
        server.Engine.Headers += _ => isAsked = true;
        var received = client.ReceiveAsync();
        await Eventually.Async("the poll has come", () => isAsked);

        await server.StopAsync().Soon();

        Assert.Null(await received.Soon());
        Assert.Equal(CloseReason.ServerShuttingDown, Assert.Single(server.Closes));

        if (client is RawWebSocketClient webSocket)
        {
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, webSocket.CloseStatus);
        }
    }

    [Fact]
    public async Task A_waiting_poll_of_a_server_that_stops_ends_without_a_close_and_nothing_follows_it()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        await using var idle = await RawPollingClient.OpenAsync(server.Uri);
        var poll = client.GetAsync();
        await Eventually.Async("the poll waits", () => server.Sessions.First().TrySend(EngineMessage.CreateText("x"u8), isVolatile: true) == SendResult.Queued);
        using var first = await poll;
        poll = client.GetAsync();
        await Eventually.Async("the poll waits again", () => server.Sessions.First().Polling!.HasPoll);

        server.Engine.Close();

        // A close packet is final for python-engineio; a session that is not known is not.
        using var released = await poll.Soon();
        Assert.Equal("6", await released.Content.ReadAsStringAsync());

        foreach (var later in new[] { await client.GetAsync(), await client.PostAsync("4late"), await idle.GetAsync() })
        {
            Assert.Equal(HttpStatusCode.BadRequest, later.StatusCode);
            Assert.Contains("\"code\":1", await later.Content.ReadAsStringAsync());
            later.Dispose();
        }

        using var handshake = await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport=polling");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, handshake.StatusCode);
    }

    [Theory]
    [EachTransport]
    public async Task Closing_twice_or_from_many_threads_is_told_once(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, transport);
        var session = Assert.Single(server.Sessions);

        Parallel.For(0, 50, _ => session.Close());

        await client.WaitUntilClosedAsync();
        await Eventually.Async("the handler is told", () => !server.Closes.IsEmpty);
        Assert.Single(server.Closes);
        Assert.Equal(0, server.Engine.ClientsCount);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_closed_as_too_slow_and_its_queue_is_freed()
    {
        await using var server = await EchoServer.StartAsync(options => options.MaxSendQueueBytes = 100_000);
        using var connection = await RawConnection.UpgradeAsync(server.Uri);
        await connection.ReceiveFrameAsync();
        await using var witness = await RawWebSocketClient.OpenAsync(server.Uri);
        var slow = server.Sessions.First();
        var message = EngineMessage.CreateText(new byte[10_000]);
        var results = new HashSet<SendResult>();

        await Eventually.Async("the queue is full", () =>
        {
            results.Add(slow.TrySend(message));
            return results.Contains(SendResult.Closed);
        });

        Assert.Equal(CloseReason.TooSlow, await server.WaitForCloseAsync());
        Assert.Equal(1, server.Engine.ClientsCount);
        await witness.SendAsync("4fine");
        Assert.Equal("4fine", await witness.ReceiveAsync());
    }

    [Fact]
    public async Task A_polling_client_that_never_polls_is_closed_as_too_slow()
    {
        await using var server = await EchoServer.StartAsync(options => options.MaxSendQueueBytes = 100_000);
        await using var client = await RawClient.OpenAsync(server.Uri, "polling");
        var session = Assert.Single(server.Sessions);

        var results = Enumerable.Range(0, 20).Select(_ => session.TrySend(EngineMessage.CreateText(new byte[10_000]))).ToList();

        Assert.Equal(SendResult.Queued, results[0]);
        Assert.Equal(SendResult.Closed, results[^1]);
        Assert.Equal(CloseReason.TooSlow, await server.WaitForCloseAsync());
    }

    [Fact]
    public async Task Volatile_messages_close_nobody()
    {
        await using var server = await EchoServer.StartAsync(options => options.MaxSendQueueBytes = 100_000);
        using var connection = await RawConnection.UpgradeAsync(server.Uri);
        await connection.ReceiveFrameAsync();
        var slow = Assert.Single(server.Sessions);

        await Eventually.Async("one is dropped", () => slow.TrySend(EngineMessage.CreateText(new byte[10_000]), isVolatile: true) == SendResult.Dropped);

        Assert.True(slow.IsOpen);
        Assert.Empty(server.Closes);
    }

    [Theory]
    [EachTransport]
    public async Task The_server_counts_its_clients_by_transport(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        var kind = transport == "polling" ? EngineTransport.Polling : EngineTransport.WebSocket;
        await using var client = await RawClient.OpenAsync(server.Uri, transport);

        Assert.Equal(1, server.Engine.ClientsCount);
        Assert.Equal(1, server.Engine.CountClients(kind));

        await client.SendAsync("1");
        await Eventually.Async("nobody is left", () => server.Engine.ClientsCount == 0);
    }
}
