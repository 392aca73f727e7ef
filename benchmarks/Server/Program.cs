// The server that the load generator measures: echo, broadcast, join and say. PORT=3000 by default.
using Salon.SocketIO;

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls($"http://localhost:{builder.Configuration["PORT"] ?? "3000"}");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSocketIO();

var app = builder.Build();
var io = app.MapSocketIO();

io.OnConnection(socket =>
{
    socket.On("echo", (RawJson value, Ack ack) => ack.SendAsync(value));
    socket.On("broadcast", (RawJson value) => io.EmitAsync("b", value));
    socket.On("join", async (string room, Ack ack) =>
    {
        await socket.JoinAsync(room);
        await ack.SendAsync();
    });
    socket.On("say", (string room, RawJson value) => io.To(room).EmitAsync("b", value));
});

app.Run();
