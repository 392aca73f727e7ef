using System.Collections.Concurrent;
using Salon.SocketIO;
using Salon.SocketIO.Protocol;
using Salon.Tests;

namespace Salon.Clients.Tests;

/// <summary>A server with something for every client to try.</summary>
internal static class ScenarioServer
{
    /// <param name="recovers">Whether clients that lost their connection find their state again; events have one more argument then.</param>
    /// <param name="parser">The form in which packets travel; the standard one by default.</param>
    /// <param name="allowsOldClients">Whether clients of Socket.IO v2 are served too.</param>
    /// <param name="pingInterval">Often by default, so that every scenario meets heartbeats.</param>
    /// <param name="pingTimeout">5 seconds by default.</param>
    /// <param name="redis">The address of the Redis that makes it one of several; it is alone by default.</param>
    /// <param name="port">The port; a free one by default.</param>
    /// <param name="restart">Called when a client asks for the server to be started again.</param>
    public static async Task<TestServer> StartAsync(
        bool recovers = false,
        IPacketParser? parser = null,
        bool allowsOldClients = false,
        TimeSpan? pingInterval = null,
        TimeSpan? pingTimeout = null,
        string? redis = null,
        int port = 0,
        Action? restart = null)
    {
        var server = await TestServer.StartAsync(app => Serve(app.MapSocketIO(), restart), services =>
        {
            var io = services.AddSocketIO(options =>
            {
                options.PingInterval = pingInterval ?? TimeSpan.FromMilliseconds(100);
                options.PingTimeout = pingTimeout ?? TimeSpan.FromSeconds(5);
                options.AllowEIO3 = allowsOldClients;
                options.ConnectionStateRecovery = recovers ? new ConnectionStateRecovery() : null;
            });

            if (parser is not null)
            {
                io.AddParser(parser);
            }

            if (redis is not null)
            {
                io.AddRedis(redis);
            }
        }, port: port);

        server.Logs.Expect("needs a number");
        server.Logs.Expect("throws");
        return server;
    }

    private static void Serve(SocketIOServer io, Action? restart)
    {
        var reasons = new ConcurrentQueue<string>();
        var gone = new ConcurrentQueue<string>();
        var paid = new ConcurrentQueue<int>();

        io.OnConnection(socket =>
        {
            socket.OnDisconnect(reason => reasons.Enqueue(reason.ToText()));
            socket.On("echo", (EventArguments arguments, Ack ack) => ack.SendAsync(Enumerable.Range(0, arguments.Count).Select(i => arguments[i]).ToArray()));
            socket.On("repeat", (EventArguments arguments) => socket.EmitAsync("repeated", [.. Enumerable.Range(0, arguments.Count).Select(i => (object?)arguments[i])]));
            socket.On("send back", (int number) => socket.EmitAsync("back", number));
            socket.On("ask me", async (int a, int b, Ack ack) => await ack.SendAsync(await socket.EmitWithAckAsync<int>("question", a, b)));
            socket.On("ask me and tell", async (int a, int b) => await socket.EmitAsync("told", await socket.EmitWithAckAsync<int>("question", a, b)));
            socket.On("ask for bytes", async (byte[] data, Ack ack) => await ack.SendAsync(await socket.EmitWithAckAsync<byte[]>("bytes", data)));
            socket.On("needs a number", (int _, Ack ack) => ack.SendAsync());
            socket.On("throws", new Action<string, Ack>((_, _) => throw new InvalidOperationException("secret")));
            socket.On("join", async (string room, Ack ack) =>
            {
                await socket.JoinAsync(room);
                await ack.SendAsync();
            });
            socket.On("say", async (string room, string text, Ack ack) =>
            {
                await io.To(room).EmitAsync("said", text);
                await ack.SendAsync();
            });
            socket.On("show", (string room, RawJson picture) => io.To(room).EmitAsync("shown", picture));
            socket.On("my id", (Ack ack) => ack.SendAsync(socket.Id));
            socket.On("my transports", (Ack ack) => ack.SendAsync((string[])[socket.Handshake.Query["transport"].ToString(), socket.Conn.Transport.ToString()]));
            ServeRetries(socket, paid);
            socket.On("drop the connection", () => socket.Conn.Close());
            socket.On("send me away", () => socket.Disconnect());
            socket.On("never answers", (Ack _) => { });
            socket.On("reasons", (Ack ack) => ack.SendAsync(reasons));
            socket.On("who left", (Ack ack) => ack.SendAsync(gone));
            socket.On("restart the server", () => restart?.Invoke());
        });

        io.Of("/plain").OnConnection(socket =>
        {
            socket.On("my id", (Ack ack) => ack.SendAsync(socket.Id));
            socket.OnDisconnect(reason => gone.Enqueue($"{socket.Id}: {reason.ToText()}"));
        });

        var guarded = io.Of("/guarded");
        guarded.Use(socket => Token(socket) == "secret" ? null : new ConnectError("not authorized", new { code = 401 }));
        guarded.OnConnection(socket =>
        {
            socket.On("who am I", (Ack ack) => ack.SendAsync(Token(socket)));
            socket.On("my id", (Ack ack) => ack.SendAsync(socket.Id));
        });
    }

    /// <summary>Answers too late: to the second try, and after the connection is lost.</summary>
    private static void ServeRetries(Socket socket, ConcurrentQueue<int> paid)
    {
        Ack? waiting = null;

        socket.OnAny((name, _) => name == "pay" && waiting is not null ? waiting.SendAsync("late") : Task.CompletedTask);
        socket.On("pay", (int amount, IdempotencyKey _, Ack ack) =>
        {
            paid.Enqueue(amount);
            waiting = ack;
        });
        socket.On("pay and be cut off", (int amount, IdempotencyKey _, Ack ack) =>
        {
            paid.Enqueue(amount);
            socket.Conn.Close(Salon.EngineIO.CloseReason.TransportError);
            return ack.SendAsync("cut off");
        });
        socket.On("paid", (Ack ack) => ack.SendAsync(paid));
    }

    private static string? Token(Socket socket) => socket.Handshake.Auth.TryGetProperty("token", out var token) ? token.GetString() : null;
}
