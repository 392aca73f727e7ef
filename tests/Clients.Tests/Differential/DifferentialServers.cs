using System.Diagnostics;
using System.Text.Json;
using Salon.EngineIO;
using Salon.SocketIO;
using Salon.Tests;

namespace Salon.Clients.Tests.Differential;

/// <summary>The forms of server that cases name, each once on the reference (<c>differential-server.mjs</c>) and once on Salon.</summary>
internal sealed class DifferentialServers : IAsyncDisposable
{
    private static readonly Dictionary<string, Action<SocketIOOptions>> s_forms = new()
    {
        ["usual"] = static options => (options.AllowEIO3, options.AllowJsonp) = (true, true),
        ["strict"] = static _ => { },
        ["pages"] = static options =>
        {
            options.AllowEIO3 = true;
            options.AllowOrigins("https://a.example", "https://b.example");
            options.Cookie = new SessionCookie();
        },
        ["small"] = static options => options.MaxHttpBufferSize = 1000,
        // One patience each: a case must not depend on how busy the machine is.
        ["silent"] = static options =>
        {
            options.AllowEIO3 = true;
            options.PingInterval = TimeSpan.FromMilliseconds(200);
            options.PingTimeout = TimeSpan.FromMilliseconds(300);
        },
        ["lively"] = static options => options.PingInterval = TimeSpan.FromMilliseconds(200),
        ["hasty"] = static options => options.ConnectTimeout = TimeSpan.FromMilliseconds(300),
        ["brief"] = static options => options.UpgradeTimeout = TimeSpan.FromMilliseconds(300),
        ["stay"] = static options =>
        {
            options.AllowUpgrades = false;
            options.Transports = EngineTransport.Polling;
        },
    };

    private readonly Dictionary<string, Uri> _reference;
    private readonly Dictionary<string, TestServer> _ours = [];
    private readonly Process _node;

    private DifferentialServers(Process node, Dictionary<string, Uri> reference) => (_node, _reference) = (node, reference);

    public Uri Reference(string form) => _reference[form];

    public Uri Ours(string form) => _ours[form].Uri;

    public static async Task<DifferentialServers> StartAsync()
    {
        var node = Process.Start(new ProcessStartInfo("node", ["differential-server.mjs"])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "tests/Clients.Tests/javascript"),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var ports = JsonSerializer.Deserialize<Dictionary<string, int>>((await node.StandardOutput.ReadLineAsync().Soon())!)!;
        var servers = new DifferentialServers(node, ports.ToDictionary(static port => port.Key, static port => new Uri($"http://127.0.0.1:{port.Value}")));

        foreach (var (name, configure) in s_forms)
        {
            servers._ours[name] = await TestServer.StartAsync(app => Serve(app.MapSocketIO()), services => services.AddSocketIO(configure));
        }

        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        _node.Kill();
        _node.Dispose();

        foreach (var server in _ours.Values)
        {
            await server.DisposeAsync();
        }
    }

    private static void Serve(SocketIOServer io)
    {
        for (var i = 0; i < 5; i++)
        {
            io.Of($"/alive-{i}");
        }

        io.Of(new System.Text.RegularExpressions.Regex(@"^/room-\d+$")).OnConnection(static socket => socket.On("echo", (EventArguments arguments, Ack ack) => AnswerAsync(socket, arguments, ack)));

        var guarded = io.Of("/guarded");
        guarded.Use(static socket => Token(socket.Handshake) == "secret" ? null : new ConnectError("not authorized", new { code = 401 }));
        guarded.OnConnection(static socket => socket.On("echo", (EventArguments arguments, Ack ack) => AnswerAsync(socket, arguments, ack)));

        io.OnConnection(socket =>
        {
            socket.On("echo", (EventArguments arguments, Ack ack) => AnswerAsync(socket, arguments, ack));
            socket.On("ask", (EventArguments arguments) => Ask(socket, ToArray(arguments)));
            socket.On("auth", () => socket.EmitAsync("auth", socket.Handshake.Auth));
            socket.On("join", async (string room, Ack ack) =>
            {
                await socket.JoinAsync(room);
                await ack.SendAsync();
            });
            socket.On("leave", async (string room, Ack ack) =>
            {
                await socket.LeaveAsync(room);
                await ack.SendAsync();
            });
            socket.On("say", (string room, string text) => io.To(room).EmitAsync("said", text));
            socket.On("binary", () => socket.EmitAsync("binary", new byte[] { 1, 2, 3 }, new { deep = new[] { new byte[] { 255 } } }));
            socket.On("go", () => socket.Disconnect());
            socket.On("close", () => socket.Conn.Close());
        });
    }

    /// <summary>The arguments come back: as the answer where one is asked for, as an event otherwise.</summary>
    private static Task AnswerAsync(Socket socket, EventArguments arguments, Ack ack) =>
        ack.IsRequested ? ack.SendAsync(new ReadOnlySpan<object?>(ToArray(arguments))) : socket.EmitAsync("echo", new ReadOnlySpan<object?>(ToArray(arguments)));

    /// <summary>Not awaited by the handler: the client's next events are handled meanwhile, as on the reference.</summary>
    private static void Ask(Socket socket, object?[] arguments)
    {
        _ = TellAsync();

        async Task TellAsync()
        {
            try
            {
                var answers = (await socket.EmitWithAckAsync<EventArguments>("question", arguments))!;
                await socket.EmitAsync("answered", new ReadOnlySpan<object?>(ToArray(answers)));
            }
            catch (SocketDisconnectedException)
            {
                // Nobody is left to be told.
            }
        }
    }

    private static object?[] ToArray(EventArguments arguments) => [.. Enumerable.Range(0, arguments.Count).Select(i => (object?)arguments[i])];

    private static string? Token(Handshake handshake) =>
        handshake.Auth.ValueKind == JsonValueKind.Object && handshake.Auth.TryGetProperty("token", out var token) && token.ValueKind == JsonValueKind.String
            ? token.GetString()
            : handshake.Query.TryGetValue("token", out var query) ? query.ToString() : null;
}
