// What the official protocol suites of Engine.IO and Socket.IO expect of a server. PORT=3000 by default.
using Salon.EngineIO;
using Salon.SocketIO;

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls($"http://localhost:{Port.Of(builder.Configuration)}");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSocketIO(options =>
{
    UseSuiteTiming(options);
    options.ConnectTimeout = TimeSpan.FromMilliseconds(1000);
});

var app = builder.Build();
app.MapEngineIO("/engine.io", session => new EchoHandler(session), UseSuiteTiming);

var io = app.MapSocketIO("/socket.io");

foreach (var name in new[] { "/", "/custom" })
{
    io.Of(name).OnConnection(async socket =>
    {
        socket.On("message", (EventArguments arguments) => socket.EmitAsync("message-back", arguments));
        socket.On("message-with-ack", (EventArguments arguments, Ack ack) => ack.SendAsync(arguments));

        // The suite listens for one message at a time, and misses the second of two that its client reads together.
        await Task.Delay(30);
        await socket.EmitAsync("auth", socket.Handshake.Auth);
    });
}

app.Run();

static void UseSuiteTiming(EngineIOOptions options)
{
    options.PingInterval = TimeSpan.FromMilliseconds(300);
    options.PingTimeout = TimeSpan.FromMilliseconds(200);
    options.MaxHttpBufferSize = 1_000_000;
}

/// <summary>Sends every message back.</summary>
internal sealed class EchoHandler(EngineSession session) : IEngineHandler
{
    public ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary)
    {
        session.TrySend(isBinary ? EngineMessage.CreateBinary(data.Span) : EngineMessage.CreateText(data.Span));
        return default;
    }

    public void OnClose(CloseReason reason)
    {
    }
}
