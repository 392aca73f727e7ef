using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>How sockets end, and with which reason.</summary>
public class DisconnectTests
{
    [Theory]
    [InlineData("polling", "41", "client namespace disconnect")]
    [InlineData("websocket", "41", "client namespace disconnect")]
    [InlineData("polling", "1", "transport close")]
    [InlineData("websocket", "1", "transport close")]
    [InlineData("polling", "2", "transport error")]
    [InlineData("websocket", "2", "transport error")]
    [InlineData("polling", "abc", "parse error")]
    [InlineData("websocket", "abc", "parse error")]
    [InlineData("polling", "4abc", "forced close")]
    [InlineData("websocket", "4abc", "forced close")]
    public async Task The_handlers_learn_why_with_the_rooms_still_there_and_then_gone(string transport, string packet, string reason)
    {
        var calls = new List<string>();
        await using var server = await SocketServer.StartAsync(io => io.OnConnection(async socket =>
        {
            await socket.JoinAsync("a");
            socket.OnDisconnecting(why => calls.Add($"disconnecting: {why.ToText()}, {socket.Rooms.Count} rooms"));
            socket.OnDisconnect(why => calls.Add($"disconnect: {why.ToText()}, {socket.Rooms.Count} rooms, {socket.Connected}"));
        }));
        await using var client = await server.ConnectAsync(transport);
        await client.SendAsync("421[\"message-with-ack\"]");
        await client.ReceiveAsync();

        await client.SendAsync(packet);

        await Eventually.Async("both were called", () => calls.Count == 2);
        Assert.Equal([$"disconnecting: {reason}, 2 rooms", $"disconnect: {reason}, 0 rooms, False"], calls);
        Assert.Empty(server.IO.Sockets.Sockets);
    }

    [Theory]
    [EachTransport]
    public async Task A_client_that_falls_silent_has_timed_out(string transport)
    {
        var time = new ManualTimeProvider();
        var reason = new TaskCompletionSource<DisconnectReason>();
        await using var server = await SocketServer.StartAsync(io => io.OnConnection(socket => socket.OnDisconnect(reason.SetResult)), time: time);
        await using var client = await server.ConnectAsync(transport);
        await client.SendAsync("421[\"message-with-ack\"]");
        await client.ReceiveAsync();

        time.Advance(TimeSpan.FromSeconds(25));
        time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal("ping timeout", (await reason.Task.Soon()).ToText());
    }

    [Theory]
    [EachTransport]
    public async Task The_server_sends_a_client_out_of_one_namespace(string transport)
    {
        var reason = new TaskCompletionSource<DisconnectReason>();
        await using var server = await SocketServer.StartAsync(io => io.Of("/custom").OnConnection(socket => socket.OnDisconnect(reason.SetResult)));
        await using var client = await server.ConnectAsync(transport);
        await client.SendAsync("40/custom,");
        await client.ReceiveAsync();
        var socket = server.LastSocket("/custom");

        await socket.EmitAsync("last words");
        socket.Disconnect();
        socket.Disconnect();
        await socket.EmitAsync("too late");

        Assert.Equal("42/custom,[\"last words\"]", await client.ReceiveAsync());
        Assert.Equal("41/custom,", await client.ReceiveAsync());
        Assert.Equal("server namespace disconnect", (await reason.Task.Soon()).ToText());
        await client.SendAsync("421[\"message-with-ack\"]");
        Assert.Equal("431[]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task The_server_sends_a_client_out_of_all_and_closes(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);
        await client.SendAsync("40/custom,");
        await client.ReceiveAsync();

        await server.LastSocket().EmitAsync("last words");
        server.LastSocket().Disconnect(close: true);

        Assert.Equal("42[\"last words\"]", await client.ReceiveAsync());
        Assert.Equal(["41", "41/custom,"], new[] { await client.ReceiveAsync(), await client.ReceiveAsync() }.Order());
        Assert.Null(await client.ReceiveAsync());
        await Eventually.Async("nobody is left", () => server.IO.Engine.ClientsCount == 0);
    }

    [Theory]
    [EachTransport]
    public async Task A_server_that_stops_tells_its_sockets_why(string transport)
    {
        var reason = new TaskCompletionSource<DisconnectReason>();
        await using var server = await SocketServer.StartAsync(io => io.OnConnection(socket => socket.OnDisconnect(reason.SetResult)));
        await using var client = await server.ConnectAsync(transport);
        await client.SendAsync("421[\"message-with-ack\"]");
        await client.ReceiveAsync();

        await server.StopAsync().Soon();

        Assert.Equal("server shutting down", (await reason.Task.Soon()).ToText());
    }

    [Theory]
    [EachTransport]
    public async Task A_handler_of_the_end_that_throws_is_logged_and_keeps_none_from_being_called(string transport)
    {
        var called = new TaskCompletionSource();
        await using var server = await SocketServer.StartAsync(io => io.OnConnection(socket =>
        {
            socket.OnDisconnect(void (_) => throw new InvalidOperationException("broken"));
            socket.OnDisconnect(_ => called.SetResult());
        }));
        server.Logs.Expect("disconnect");
        await using var client = await server.ConnectAsync(transport);
        await client.SendAsync("421[\"message-with-ack\"]");
        await client.ReceiveAsync();

        await client.SendAsync("41");

        await called.Task.Soon();
    }

    [Theory]
    [EachTransport]
    public async Task Who_registers_too_late_is_told_at_once(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);
        var socket = server.LastSocket();
        await client.SendAsync("41");
        await Eventually.Async("the socket has left", () => !socket.Connected);
        var reason = new TaskCompletionSource<DisconnectReason>();

        socket.OnDisconnect(reason.SetResult);

        Assert.Equal(DisconnectReason.ClientNamespaceDisconnect, await reason.Task.Soon());
    }
}
