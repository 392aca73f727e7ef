// A chat with Socket.IO: rooms, private messages, and who is there. PORT=3000 by default.
using System.Collections.Concurrent;
using System.Text.Json;
using Salon.SocketIO;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls($"http://localhost:{Port.Of(builder.Configuration)}");
builder.Services.AddSocketIO();

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();

var io = app.MapSocketIO();
var names = new ConcurrentDictionary<string, string>();

// A client says its name when it connects: io({ auth: { name } }). Each name is given once.
io.Use(socket =>
{
    var name = socket.Handshake.Auth.TryGetProperty("name", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : "";
    socket.Data["name"] = name;

    return name.Length is 0 or > 32
        ? new ConnectError("A name has 1 to 32 characters.")
        : names.TryAdd(name, socket.Id) ? null : new ConnectError($"Somebody else is {name}.");
});

io.OnConnection(async socket =>
{
    var name = (string)socket.Data["name"]!;
    var room = "";
    socket.OnDisconnect(async _ =>
    {
        names.TryRemove(name, out var _);
        await TellWhoIsInAsync(room);
    });

    // The answer comes when the client is in: what is said from now on, it hears.
    socket.On("join", async (string next, Ack ack) =>
    {
        if (next.Trim() is not { Length: > 0 and <= 32 } wanted)
        {
            throw new SocketIOException("invalid_room", "A room has 1 to 32 characters.");
        }

        var left = room;
        await socket.LeaveAsync($"room:{left}");
        await socket.JoinAsync($"room:{wanted}");
        room = wanted;
        await ack.SendAsync(new { ok = true, room });
        await TellWhoIsInAsync(left);
        await TellWhoIsInAsync(room);
    });

    socket.On("say", (string text) => io.To($"room:{room}").EmitAsync("said", new { name, text = Check(text) }));

    // A socket's id is a room that it alone is in.
    socket.On("whisper", async (string to, string text, Ack ack) =>
    {
        if (!names.TryGetValue(to, out var id))
        {
            throw new SocketIOException("not_found", $"Nobody here is {to}.");
        }

        await io.To(id, socket.Id).EmitAsync("whispered", new { name, to, text = Check(text) });
        await ack.SendAsync(new { ok = true });
    });
});

app.Run();

async Task TellWhoIsInAsync(string room)
{
    var here = (await io.In($"room:{room}").FetchSocketsAsync()).Select(socket => socket.Data["name"]?.ToString());
    await io.To($"room:{room}").EmitAsync("presence", here.Order());
}

static string Check(string text) => text.Length is > 0 and <= 1000 ? text : throw new SocketIOException("invalid_text", "A message has 1 to 1000 characters.");
