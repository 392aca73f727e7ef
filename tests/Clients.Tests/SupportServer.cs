using System.Collections.Concurrent;
using Salon.SocketIO;
using Salon.Tests;

namespace Salon.Clients.Tests;

/// <summary>What <c>support.mjs</c> asks for, as <c>support-server.mjs</c> has it on the reference server.</summary>
internal static class SupportServer
{
    private static readonly string[] s_utf8 = ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "\U0001F600"];

    public static async Task<TestServer> StartAsync(bool recovers = true)
    {
        var server = await TestServer.StartAsync(
            app => Serve(app.MapSocketIO()),
            services => services.AddSocketIO(options =>
            {
                options.PingInterval = TimeSpan.FromMilliseconds(100);
                options.ConnectionStateRecovery = recovers ? new() : null;
                options.Cookie = new Salon.EngineIO.SessionCookie();
                options.AllowRequest = context => new(context.Request.QueryString.Value!.Contains("forbidden", StringComparison.Ordinal)
                    ? Salon.EngineIO.RequestVerdict.Refuse()
                    : Salon.EngineIO.RequestVerdict.Allow);
            }));

        return server;
    }

    private static void Serve(SocketIOServer io)
    {
        io.Use(socket => socket.Handshake.Query.ContainsKey("fail") ? new ConnectError("Auth failed (main namespace)") : null);
        io.Of("/no").Use(_ => new ConnectError("Auth failed (custom namespace)"));
        io.Of("/no-data").Use(_ => new ConnectError("with data", new { code = 42 }));
        io.Of("/foo").OnConnection(socket => socket.On("getId", (Ack ack) => ack.SendAsync(socket.Id)));
        io.Of("/valid");
        io.Of("/timeout_socket");
        io.Of("/abc").OnConnection(socket => socket.EmitAsync("handshake", Describe(socket.Handshake)));

        var outcomes = new ConcurrentDictionary<string, string>();

        io.OnConnection(socket =>
        {
            ServeTexts(socket);
            ServeBinary(socket);
            ServeConnection(socket);
            ServeQuestions(socket, io, outcomes);
        });
    }

    /// <summary>What <c>defects.mjs</c> needs besides.</summary>
    private static void ServeQuestions(Socket socket, SocketIOServer io, ConcurrentDictionary<string, string> outcomes)
    {
        socket.On("leave, then emit", async () =>
        {
            socket.Disconnect();
            await socket.EmitAsync("ghost");
            socket.Conn.Close();
        });
        socket.On("ask", (string id) =>
        {
            outcomes[id] = "waiting";
            _ = SeeAsync(socket.EmitWithAckAsync<int>("question"), outcome => outcomes[id] = outcome);
        });
        socket.On("outcome", (string id, Ack ack) => ack.SendAsync(outcomes[id]));
        socket.On("ask all", (Ack ack) => _ = AnswerCountAsync(io, ack));
        socket.On("ask the room", (Ack ack) => _ = AnswerCountAsync(io.To("asked"), ack));
    }

    private static async Task SeeAsync(Task<int> asked, Action<string> tell)
    {
        try
        {
            await asked;
            tell("answered");
        }
        catch (SocketDisconnectedException)
        {
            tell("failed");
        }
    }

    private static async Task AnswerCountAsync(Broadcaster asked, Ack ack) =>
        await ack.SendAsync((await asked.EmitWithAckAsync<int>("question")).Count);

    private static void ServeTexts(Socket socket)
    {
        socket.On("hi", () => socket.EmitAsync("hi"));
        socket.On("echo", (RawJson value, Ack ack) => ack.SendAsync(value));
        socket.On("ack", () => _ = AskAsync(socket));
        socket.On("getAckDate", (RawJson _, Ack ack) => ack.SendAsync(DateTime.UtcNow));
        socket.On("getDate", () => socket.EmitAsync("takeDate", DateTime.UtcNow));
        socket.On("getDateObj", () => socket.EmitAsync("takeDateObj", new { date = DateTime.UtcNow }));
        socket.On("getUtf8", async () =>
        {
            foreach (var text in s_utf8)
            {
                await socket.EmitAsync("takeUtf8", text);
            }
        });
        socket.On("false", () => socket.EmitAsync("false", false));
        socket.On("null", () => socket.EmitAsync<object?>("null", null));
        socket.On("many", (EventArguments arguments, Ack ack) => ack.SendAsync(arguments.Count));
    }

    private static void ServeBinary(Socket socket)
    {
        var isFirst = false;

        socket.On("doge", () => socket.EmitAsync("doge", "asdfasdf"u8.ToArray()));
        socket.On("buffa", (byte[] _) => socket.EmitAsync("buffack"));
        socket.On("jsonbuff", (Mixed data) => data is { Hello: "lol", Message: not null, Goodbye: "gotcha" } ? socket.EmitAsync("jsonbuff-ack") : Task.CompletedTask);
        socket.On("abuff1", (byte[] _) => { isFirst = true; });
        socket.On("abuff2", (string _) => isFirst ? socket.EmitAsync("abuff2-ack") : Task.CompletedTask);
        socket.On("callAckBinary", () => _ = AskBinaryAsync(socket));
        socket.On("getAckBinary", (string _, Ack ack) => ack.SendAsync("huehue"u8.ToArray()));
    }

    private static void ServeConnection(Socket socket)
    {
        var tries = new ConcurrentDictionary<string, int>();

        socket.On("getHandshake", (Ack ack) => ack.SendAsync(Describe(socket.Handshake)));
        socket.On("getId", (Ack ack) => ack.SendAsync(socket.Id));
        socket.On("never", () => { });
        socket.On("requestDisconnect", () => socket.Disconnect());
        socket.On("requestClose", () => socket.Conn.Close());
        socket.On("secondTry", (string id, Ack ack) => tries.AddOrUpdate(id, 1, static (_, count) => count + 1) is > 1 and var count ? ack.SendAsync(count) : Task.CompletedTask);
        socket.On("join", async (string room, Ack ack) =>
        {
            await socket.JoinAsync(room);
            await ack.SendAsync();
        });
        socket.On("tell", (string room, string text) => socket.To(room).EmitAsync("told", text));
    }

    private static async Task AskAsync(Socket socket)
    {
        var answer = await socket.EmitWithAckAsync<EventArguments>("ack");

        if (answer!.Get<int>(0) == 5 && answer.Get<Answer>(1)!.B)
        {
            await socket.EmitAsync("got it");
        }
    }

    private static async Task AskBinaryAsync(Socket socket)
    {
        await socket.EmitWithAckAsync<byte[]>("ackBinary");
        await socket.EmitAsync("ackBinary-ok");
    }

    private static object Describe(Handshake handshake) => new
    {
        headers = handshake.Headers.ToDictionary(static header => header.Key.ToLowerInvariant(), static header => header.Value.ToString()),
        time = handshake.Issued,
        address = handshake.Address?.ToString(),
        xdomain = handshake.XDomain,
        secure = handshake.Secure,
        issued = handshake.Issued.ToUnixTimeMilliseconds(),
        url = handshake.Url,
        query = handshake.Query.ToDictionary(static pair => pair.Key, static pair => pair.Value.ToString()),
        auth = handshake.Auth,
    };

    private sealed record Mixed(string Hello, byte[] Message, string Goodbye);

    private sealed record Answer(bool B);
}
