// One chat on many ports: what one process says, the clients of all processes hear. The line that does it is AddRedis.
//   PORT=3001 dotnet run &  PORT=3002 dotnet run &  PORT=3003 dotnet run       with REDIS_URL=redis://localhost:6379 by default
using Salon.SocketIO;

var builder = WebApplication.CreateBuilder(args);
var port = $"{Port.Of(builder.Configuration)}";
builder.WebHost.UseUrls($"http://localhost:{port}");
builder.Services.AddSocketIO().AddRedis(builder.Configuration["REDIS_URL"] ?? "redis://localhost:6379");

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();

var io = app.MapSocketIO();
io.OnConnection(async socket =>
{
    socket.On("say", (string text) => io.EmitAsync("said", new { port, text }));
    socket.OnDisconnect(_ => CountAsync());
    await CountAsync();
});

app.Run();

// Asks all processes. One that does not answer in time is left out.
async Task CountAsync() => await io.EmitAsync("people", (await io.FetchSocketsAsync()).Count);
