// A Flask-SocketIO app (flask/app.py) and Salon share a bus: what either emits, the clients of both hear. PORT=3000 by default.
// The bus of python-socketio before 5.14, Debian's for example, is pickles: OLD_PYTHON=on reads the harmless ones (docs/guides/flask.md).
using Salon.SocketIO;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls($"http://localhost:{Port.Of(builder.Configuration)}");
builder.Services.AddSocketIO().AddFlaskSocketIOBus(builder.Configuration["REDIS_URL"] ?? "redis://localhost:6379", configure: options =>
    options.ReadPickle = options.WriteForOldPython = builder.Configuration["OLD_PYTHON"] == "on");

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();

var io = app.MapSocketIO();
io.OnConnection(socket => socket.On("say", (string text) => io.EmitAsync("said", new { by = "Salon", text })));

app.Run();
