using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Salon.Tests;

/// <inheritdoc/>
public sealed class RawWebSocketClient : RawClient
{
    private readonly ClientWebSocket _socket = new();

    private RawWebSocketClient()
    {
    }

    /// <summary>What the server said when it closed.</summary>
    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Whether pings are answered. They are, unless a test plays dead.</summary>
    public bool AnswersPings { get; set; } = true;

    /// <summary>Opens a WebSocket and reads the handshake.</summary>
    public static async Task<RawWebSocketClient> OpenAsync(Uri server, string path = "/engine.io/")
    {
        var client = await ConnectAsync(server, path);
        client.Handshake = (await client.ReceiveAnyAsync().Soon())![1..];
        client.SessionId = JsonDocument.Parse(client.Handshake).RootElement.GetProperty("sid").GetString()!;
        return client;
    }

    /// <summary>Opens a WebSocket, to a session if one is given.</summary>
    public static async Task<RawWebSocketClient> ConnectAsync(
        Uri server,
        string path = "/engine.io/",
        string? sessionId = null,
        Action<ClientWebSocketOptions>? configure = null)
    {
        var client = new RawWebSocketClient();
        var query = sessionId is null ? "" : $"&sid={sessionId}";

        configure?.Invoke(client._socket.Options);
        await client._socket.ConnectAsync(new Uri($"ws://{server.Authority}{path}{(path.Contains('?') ? '&' : '?')}EIO=4&transport=websocket{query}"), default).Soon();
        return client;
    }

    public override async Task SendAsync(params string[] packets)
    {
        foreach (var packet in packets)
        {
            await SendAsync(Encoding.UTF8.GetBytes(packet), WebSocketMessageType.Text);
        }
    }

    public override Task SendBinaryAsync(byte[] data) => SendAsync(data, WebSocketMessageType.Binary);

    public override async Task<string?> ReceiveAnyAsync()
    {
        var buffer = new byte[4096];
        using var message = new MemoryStream();

        while (true)
        {
            WebSocketReceiveResult result;

            try
            {
                result = await _socket.ReceiveAsync(buffer, default);
            }
            catch (WebSocketException)
            {
                return null;
            }

            if (result.MessageType == WebSocketMessageType.Close)
            {
                await CloseAsync();
                return null;
            }

            message.Write(buffer, 0, result.Count);

            if (result.EndOfMessage)
            {
                return await ToPacketAsync(message.ToArray(), result.MessageType);
            }
        }
    }

    /// <summary>Closes as a browser does.</summary>
    public async Task CloseAsync()
    {
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        }
        catch (WebSocketException)
        {
            // The server was faster.
        }
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return default;
    }

    private async Task<string> ToPacketAsync(byte[] message, WebSocketMessageType type)
    {
        if (type == WebSocketMessageType.Binary)
        {
            return "b" + Convert.ToBase64String(message);
        }

        var packet = Encoding.UTF8.GetString(message);

        if (packet == "2" && AnswersPings)
        {
            await SendAsync("3");
        }

        return packet;
    }

    private async Task SendAsync(byte[] data, WebSocketMessageType type)
    {
        try
        {
            await _socket.SendAsync(data, type, endOfMessage: true, default);
        }
        catch (WebSocketException)
        {
            // The server closed: that is for the receiving side to see.
        }
    }
}
