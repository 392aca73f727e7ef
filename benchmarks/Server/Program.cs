// The server that the load generator measures: echo, broadcast, broadcast-ack, join and say. PORT=3000 by default;
// TRANSPORT=kestrel for Kestrel's own transport instead of the event loops, MSGPACK=1 for the MessagePack parser, REDIS_URL for the classic
// Redis adapter.
using Salon.EngineIO;
using Salon.SocketIO;
using Salon.SocketIO.MessagePack;

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls($"http://127.0.0.1:{builder.Configuration["PORT"] ?? "3000"}");
builder.Logging.SetMinimumLevel(LogLevel.Warning);

if (builder.Configuration["TRANSPORT"] != "kestrel")
{
    builder.WebHost.UseEventLoops();
}

var services = builder.Services.AddSocketIO();

if (builder.Configuration["MSGPACK"] == "1")
{
    services.AddParser(MessagePackParser.Instance);
}

if (builder.Configuration["REDIS_URL"] is { Length: > 0 } redis)
{
    services.AddRedis(redis);
}

var app = builder.Build();
var io = app.MapSocketIO();

io.OnConnection(socket =>
{
    socket.On("echo", (RawJson value, Ack ack) => ack.SendAsync(value));
    socket.On("broadcast", (RawJson value) => io.EmitAsync("b", value));
    socket.On("broadcast-ack", async (RawJson value, Ack ack) =>
    {
        await io.Timeout(TimeSpan.FromSeconds(10)).EmitWithAckAsync<RawJson>("q", value);
        await ack.SendAsync(value);
    });
    socket.On("join", async (string room, Ack ack) =>
    {
        await socket.JoinAsync(room);
        await ack.SendAsync();
    });
    socket.On("say", (string room, RawJson value) => io.To(room).EmitAsync("b", value));
});

app.Run();
