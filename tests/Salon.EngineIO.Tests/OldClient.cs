using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>A client of Engine.IO v3 that types its requests by hand.</summary>
internal sealed class OldClient(EchoServer server) : IAsyncDisposable
{
    private readonly ClientWebSocket _webSocket = new();

    public string Sid { get; set; } = "";

    public JsonElement Handshake { get; private set; }

    private string Query => $"{EchoServer.Path}?EIO=3&transport=";

    public static async Task<OldClient> OpenAsync(EchoServer server, string transport, string query = "")
    {
        var client = new OldClient(server);

        if (transport == "polling")
        {
            var payload = await server.Http.GetStringAsync(client.Query + "polling" + query);
            var colon = payload.IndexOf(':', StringComparison.Ordinal);
            Assert.Equal(payload.Length - colon - 1, int.Parse(payload[..colon], CultureInfo.InvariantCulture));
            client.ReadHandshake(payload[(colon + 1)..]);
        }
        else
        {
            await client.ConnectAsync(query);
            client.ReadHandshake(await client.ReceiveAsync() ?? "");
        }

        return client;
    }

    /// <summary>Opens a WebSocket: for a new session, or for that of the handshake.</summary>
    public Task ConnectAsync(string query = "") =>
        _webSocket.ConnectAsync(new Uri($"ws://{server.Uri.Authority}{Query}websocket{(Sid.Length > 0 ? "&sid=" + Sid : "")}{query}"), CancellationToken.None);

    public Task<HttpResponseMessage> GetAsync() => server.Http.GetAsync($"{Query}polling&sid={Sid}");

    public async Task<string> PollAsync()
    {
        using var response = await GetAsync().Soon();
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    public Task<HttpResponseMessage> PostAsync(string payload) => server.Http.PostAsync($"{Query}polling&sid={Sid}", new StringContent(payload));

    public Task<HttpResponseMessage> PostAsync(byte[] payload)
    {
        var content = new ByteArrayContent(payload);
        content.Headers.ContentType = new("application/octet-stream");
        return server.Http.PostAsync($"{Query}polling&sid={Sid}", content);
    }

    public Task SendAsync(string frame) =>
        _webSocket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    public Task SendAsync(byte[] frame) => _webSocket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    /// <summary>Receives a frame: text as it is, binary as its bytes in hexadecimal, <see langword="null"/> at the end.</summary>
    public async Task<string?> ReceiveAsync()
    {
        var buffer = new byte[4096];
        var result = await _webSocket.ReceiveAsync(buffer, CancellationToken.None).Soon();

        return result.MessageType switch
        {
            WebSocketMessageType.Text => Encoding.UTF8.GetString(buffer, 0, result.Count),
            WebSocketMessageType.Binary => Convert.ToHexString(buffer, 0, result.Count),
            _ => null,
        };
    }

    public ValueTask DisposeAsync()
    {
        _webSocket.Dispose();
        return default;
    }

    private void ReadHandshake(string packet)
    {
        Assert.StartsWith("0", packet, StringComparison.Ordinal);
        Handshake = JsonDocument.Parse(packet[1..]).RootElement;
        Sid = Handshake.GetProperty("sid").GetString()!;
    }
}
