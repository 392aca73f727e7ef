// The smallest chat: what one page sends as "chat message", every page gets. PORT=3000 by default.
using Salon.SocketIO;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls($"http://localhost:{Port.Of(builder.Configuration)}");
builder.Services.AddSocketIO();

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();

var io = app.MapSocketIO();
io.OnConnection(socket => socket.On("chat message", (string text) => io.EmitAsync("chat message", text)));

app.Run();
