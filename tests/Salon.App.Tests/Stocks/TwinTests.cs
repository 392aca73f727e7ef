using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests.Stocks;

/// <summary>The same events over WebSocket and Socket.IO.</summary>
public class TwinTests
{
    [Fact]
    public async Task A_WebSocket_gets_what_the_stream_gets()
    {
        await using var server = await StocksServer.StartAsync();
        await using var stream = await server.OpenAsync("/stocks/stream?symbols=ACME");
        using var socket = await OpenAsync(server, "symbols=ACME");
        var snapshot = await stream.ReadAsync();
        Assert.Equal(snapshot!.Id, (await ReceiveAsync(socket))!.Value.GetProperty("id").GetString());
        await server.AdvanceAsync(20);

        for (var i = 0; i < 20; i++)
        {
            var (expected, frame) = ((await stream.ReadAsync())!, (await ReceiveAsync(socket))!.Value);
            Assert.Equal(expected.ToString(), $"{frame.GetProperty("event")} {frame.GetProperty("id")} {frame.GetProperty("data").GetRawText()}");
        }
    }

    [Fact]
    public async Task A_WebSocket_goes_on_where_it_was_and_is_told_when_the_app_stops()
    {
        var server = await StocksServer.StartAsync();
        await server.AdvanceAsync(5);
        var ring = server.Market.Feed.Ring!;
        using var socket = await OpenAsync(server, $"lastEventId={ring.Epoch}-{ring.Head - 1}");

        var status = (await ReceiveAsync(socket))!.Value;
        var missed = (await ReceiveAsync(socket))!.Value;
        var stopping = server.DisposeAsync().AsTask();

        Assert.Equal(1, status.GetProperty("data").GetProperty("replayed").GetInt32());
        Assert.False(status.TryGetProperty("id", out _));
        Assert.Equal($"{ring.Epoch}-{ring.Head}", missed.GetProperty("id").GetString());
        Assert.Null(await ReceiveAsync(socket));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();
        await stopping.Soon();
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("{origin}.evil.example")]
    public async Task A_foreign_page_gets_no_WebSocket(string origin)
    {
        await using var server = await StocksServer.StartAsync();
        using var connection = await RawConnection.ConnectAsync(server.Uri);
        origin = origin.Replace("{origin}", server.Uri.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);

        var head = await connection.RequestAsync("GET /stocks/ws HTTP/1.1", $"{RawConnection.UpgradeHeaders}Origin: {origin}\r\n");

        Assert.StartsWith("HTTP/1.1 403", head);
    }

    [Theory]
    [EachTransport]
    public async Task Socket_IO_gets_the_events_with_their_ids(string transport)
    {
        await using var server = await StocksServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, transport, "/socket.io/");
        await client.SendAsync("""40/stocks,{"symbols":["ACME"]}""");
        Assert.StartsWith("40/stocks,", await client.ReceiveAsync());
        var snapshot = await ReceiveEventAsync(client);
        await server.AdvanceAsync(20);
        var next = await ReceiveEventAsync(client);

        Assert.Equal("snapshot", snapshot[0].GetString());
        Assert.Equal("ACME", snapshot[1].GetProperty("symbols")[0].GetProperty("symbol").GetString());
        Assert.Equal("ACME", next[1].GetProperty("symbol").GetString());
        Assert.StartsWith(server.Market.Feed.Ring!.Epoch, next[2].GetString());
    }

    [Theory]
    [InlineData("""{"symbols":"NOPE"}""", "unknown_symbol")]
    [InlineData("""{"symbols":{"a":1}}""", "unknown_symbol")]
    [InlineData("""{"symbols":[1,null]}""", "unknown_symbol")]
    public async Task Socket_IO_refuses_what_is_no_symbol(string auth, string code)
    {
        await using var server = await StocksServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, "websocket", "/socket.io/");
        await client.SendAsync($"40/stocks,{auth}");

        var answer = await client.ReceiveAsync();

        Assert.StartsWith("44/stocks,", answer);
        Assert.Contains(code, answer);
    }

    private static async Task<ClientWebSocket> OpenAsync(StocksServer server, string query)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{server.Uri.Authority}/stocks/ws?{query}"), default).Soon();
        return socket;
    }

    private static async Task<JsonElement?> ReceiveAsync(ClientWebSocket socket)
    {
        using var message = new MemoryStream();
        var buffer = new byte[4096];

        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, default).Soon();
            message.Write(buffer, 0, received.Count);

            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            if (received.EndOfMessage)
            {
                return JsonDocument.Parse(Encoding.UTF8.GetString(message.ToArray())).RootElement;
            }
        }
    }

    private static async Task<JsonElement> ReceiveEventAsync(RawClient client)
    {
        var packet = await client.ReceiveAsync();
        Assert.StartsWith("42/stocks,", packet);
        return JsonDocument.Parse(packet!["42/stocks,".Length..]).RootElement;
    }
}
