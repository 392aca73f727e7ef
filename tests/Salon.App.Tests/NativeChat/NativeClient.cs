using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests.NativeChat;

/// <summary>A client of <c>/ws/chat</c> as small as can be: .NET's WebSocket, and frames as text.</summary>
internal sealed class NativeClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();

    private NativeClient()
    {
    }

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    /// <summary>Connects and reads the greeting.</summary>
    public static async Task<NativeClient> ConnectAsync(Uri server, Action<ClientWebSocketOptions>? configure = null)
    {
        var client = new NativeClient();
        configure?.Invoke(client._socket.Options);
        await client._socket.ConnectAsync(new Uri($"ws://{server.Authority}/ws/chat"), default).Soon();
        await client.ReadAsync("hello");
        return client;
    }

    /// <summary>Connects and joins.</summary>
    public static async Task<NativeClient> JoinAsync(Uri server, string name, string? session = null)
    {
        var client = await ConnectAsync(server);
        await client.JoinAsync(name, session);
        return client;
    }

    /// <returns>The welcome.</returns>
    public async Task<JsonElement> JoinAsync(string name, string? session = null)
    {
        await SendAsync(new { type = "join", name, session = session ?? $"the secret of {name}, which is long" });
        return await ReadAsync("welcome");
    }

    public Task SayAsync(string text, string? id = null) => SendAsync(new { type = "message", id = id ?? Guid.NewGuid().ToString("N"), text });

    public Task SendAsync(object frame) => SendAsync(JsonSerializer.Serialize(frame));

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public async Task SendAsync(byte[] bytes, WebSocketMessageType type)
    {
        try
        {
            await _socket.SendAsync(bytes, type, endOfMessage: true, default).Soon();
        }
        catch (WebSocketException)
        {
            // The server has hung up: that is for the reading side to see.
        }
    }

    /// <summary>Reads until a frame of this type comes.</summary>
    public async Task<JsonElement> ReadAsync(string type)
    {
        while (true)
        {
            var frame = await ReadAnyAsync().Soon() ?? throw new InvalidOperationException($"No {type}: closed with {(int?)CloseStatus} {CloseReason}");

            if (frame.GetProperty("type").GetString() == type)
            {
                return frame;
            }
        }
    }

    /// <summary>Reads what is said until this is said.</summary>
    /// <returns>All of it, as <c>name: text</c>.</returns>
    public async Task<IReadOnlyList<string>> ReadUntilAsync(string text)
    {
        var said = new List<string>();

        while (said.Count == 0 || !said[^1].EndsWith($": {text}", StringComparison.Ordinal))
        {
            var message = await ReadAsync("message");
            said.Add($"{message.GetProperty("name")}: {message.GetProperty("text")}");
        }

        return said;
    }

    /// <summary>Reads to the end, and answers the server's goodbye.</summary>
    public async Task ReadToCloseAsync()
    {
        while (await ReadAnyAsync().Soon() is not null)
        {
        }
    }

    public async Task CloseAsync() => await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();

    /// <returns>The next frame; <see langword="null"/> at the end.</returns>
    public async Task<JsonElement?> ReadAnyAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();

        try
        {
            while (true)
            {
                var read = await _socket.ReceiveAsync(buffer, default);

                if (read.MessageType == WebSocketMessageType.Close)
                {
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
                    return null;
                }

                message.Write(buffer, 0, read.Count);

                if (read.EndOfMessage)
                {
                    return JsonDocument.Parse(message.ToArray()).RootElement;
                }
            }
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return default;
    }
}
