// A chat over ASP.NET Core's own WebSockets: a frame {"name", "text"} of one is a frame of all. PORT=3000 by default.
// What a chat for strangers needs besides (names, history, limits, a way back): the app's /chat/native, docs/protocol/native-chat.md.
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

var builder = WebApplication.CreateBuilder(args);
var address = $"http://localhost:{Port.Of(builder.Configuration)}";
builder.WebHost.UseUrls(address);

var app = builder.Build();
var everybody = new ConcurrentDictionary<Channel<byte[]>, WebSocket>();
app.UseFileServer();

// Pages of other sites are refused; a client that does not answer a ping is gone.
app.UseWebSockets(new WebSocketOptions { AllowedOrigins = { address }, KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(10) });
app.Map("/ws", async context =>
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        (context.Response.StatusCode, context.Response.Headers.Upgrade) = (StatusCodes.Status426UpgradeRequired, "websocket");
        return;
    }

    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    var outbox = Channel.CreateBounded<byte[]>(100);
    using var stopping = app.Lifetime.ApplicationStopping.Register(() => outbox.Writer.TryComplete());
    everybody[outbox] = socket;

    // One loop sends, another receives: a slow reader holds up nobody but itself.
    var sending = UntilLostAsync(() => SendAsync(socket, outbox.Reader));
    await UntilLostAsync(() => ReceiveAsync(socket));
    everybody.TryRemove(outbox, out _);
    outbox.Writer.TryComplete();
    await sending;
});

app.Run();

async Task SendAsync(WebSocket socket, ChannelReader<byte[]> frames)
{
    await foreach (var frame in frames.ReadAllAsync())
    {
        await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
    }

    await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "Goodbye.", CancellationToken.None);
}

async Task ReceiveAsync(WebSocket socket)
{
    var buffer = new byte[4096];

    while (await socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } read)
    {
        if (read is not { MessageType: WebSocketMessageType.Text, EndOfMessage: true } || Parse(buffer.AsSpan(0, read.Count)) is not { } message)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, "A frame is {\"name\", \"text\"} in 4 KiB.", CancellationToken.None);
            return;
        }

        // Encoded once for all. Who has a hundred frames waiting is too slow, and has to come again.
        var frame = JsonSerializer.SerializeToUtf8Bytes(message, JsonSerializerOptions.Web);
        everybody.Keys.Where(outbox => !outbox.Writer.TryWrite(frame)).ToList().ForEach(outbox => outbox.Writer.TryComplete());
    }
}

static async Task UntilLostAsync(Func<Task> loop)
{
    try
    {
        await loop();
    }
    catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
    {
        // The client has hung up without a word.
    }
}

static Message? Parse(ReadOnlySpan<byte> utf8)
{
    try
    {
        return JsonSerializer.Deserialize<Message>(utf8, JsonSerializerOptions.Web) is { Name.Length: > 0 and <= 32, Text.Length: > 0 and <= 1000 } message ? message : null;
    }
    catch (JsonException)
    {
        return null;
    }
}

internal sealed record Message(string Name, string Text);
