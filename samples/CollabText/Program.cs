// A text that everybody writes at once. The pages use Yjs and its y-websocket provider, unchanged; the server understands no text: it keeps
// all updates, and hands them to who comes. That is enough: in whatever order they come, and however often, Yjs makes the same text of them.
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Threading.Channels;

const int MaxBytes = 1024 * 1024;
var builder = WebApplication.CreateBuilder(args);
var address = $"http://localhost:{Port.Of(builder.Configuration)}";
builder.WebHost.UseUrls(address);

var app = builder.Build();
var updates = new ConcurrentDictionary<string, byte[]>();
var writers = new ConcurrentDictionary<Channel<byte[]>, WebSocket>();
var size = 0;
app.UseFileServer();
app.UseWebSockets(new WebSocketOptions { AllowedOrigins = { address }, KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(10) });
app.Map("/yjs", async context =>
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        (context.Response.StatusCode, context.Response.Headers.Upgrade) = (StatusCodes.Status426UpgradeRequired, "websocket");
        return;
    }

    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    var outbox = Channel.CreateBounded<byte[]>(50_000);
    using var stopping = app.Lifetime.ApplicationStopping.Register(() => outbox.Writer.TryComplete());

    try
    {
        // "What have you that I have not?", with a state of nothing: after a restart, the clients know more than the server.
        writers[outbox] = socket;
        outbox.Writer.TryWrite([0, 0, 1, 0]);
        await Task.WhenAll(SendAsync(socket, outbox.Reader), ReceiveAsync(socket, outbox));
    }
    catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
    {
        // The client has hung up without a word.
    }
});

app.Run();

async Task SendAsync(WebSocket socket, ChannelReader<byte[]> frames)
{
    await foreach (var frame in frames.ReadAllAsync())
    {
        await socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
    }

    await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "Goodbye.", CancellationToken.None);
}

async Task ReceiveAsync(WebSocket socket, Channel<byte[]> outbox)
{
    // As large as the text may become: a client that comes back sends all that it has.
    var (buffer, length, isOpen) = (new byte[MaxBytes], 0, true);

    try
    {
        while (isOpen && length < MaxBytes && await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None) is { MessageType: WebSocketMessageType.Binary } read)
        {
            length += read.Count;
            (isOpen, length) = read.EndOfMessage ? (Take(buffer.AsSpan(0, length), outbox), 0) : (true, length);
        }
    }
    finally
    {
        writers.TryRemove(outbox, out _);
        outbox.Writer.TryComplete();
    }
}

// The frames of y-protocols: 0 0 asks, 0 1 answers, 0 2 tells an update, 1 is awareness. Any other ends the connection, and so does a full text.
bool Take(ReadOnlySpan<byte> frame, Channel<byte[]> from) => frame switch
{
    [0, 0, ..] => updates.Values.Append([0, 1, 2, 0, 0]).All(from.Writer.TryWrite),
    [0, 1 or 2, .. var update] => Keep([0, 2, .. update]),
    [1, ..] => Tell(frame.ToArray()),
    _ => false,
};

// One after the other, so that what is counted is what is kept. What is known already is right also when nothing more fits.
bool Keep(byte[] update)
{
    lock (updates)
    {
        var key = Convert.ToBase64String(update);
        var isNew = size + update.Length <= MaxBytes && updates.TryAdd(key, update);
        size += isNew ? update.Length : 0;
        return isNew ? Tell(update) : updates.ContainsKey(key);
    }
}

// To everybody, the sender too: a provider that hears nothing for half a minute connects again. Who is too slow has to.
bool Tell(byte[] frame)
{
    writers.Keys.Where(writer => !writer.Writer.TryWrite(frame)).ToList().ForEach(writer => writer.Writer.TryComplete());
    return true;
}
