using Salon.EngineIO;
using Salon.SocketIO;
using Salon.Tests;

namespace Salon.Clients.Tests;

/// <summary>Clients come back by themselves to a server that stopped and starts again at the same address.</summary>
public class RestartTests
{
    public static IEnumerable<TheoryDataRow<string, string>> Clients() =>
        from client in new[] { "python", "javascript 4", "javascript 2" }
        from transports in new[] { "polling", "websocket", "upgrade" }
        select new TheoryDataRow<string, string>(client, transports);

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_client_comes_back_to_a_server_that_restarts(string client, string transports)
    {
        var (first, io) = await StartAsync(port: 0);
        var address = first.Uri.ToString().TrimEnd('/');
        Task<string> running;

        await using (first)
        {
            running = client == "python"
                ? ExternalProgram.RunAsync("/usr/bin/python3", ["comeback.py", address, transports], Path.Combine(Repository.Root, "tests/Clients.Tests/python"))
                : ExternalProgram.RunAsync("node", ["comeback.mjs", client[^1..], address, transports], Path.Combine(Repository.Root, "tests/Clients.Tests/javascript"));

            // One that is about to upgrade notices the end only when its own patience ends.
            var transport = transports == "polling" ? EngineTransport.Polling : EngineTransport.WebSocket;
            await Eventually.Async("the client is there", () => io.Sockets.Sockets.Values.Any(socket => socket.Conn.Transport == transport && socket.Data.ContainsKey("there")) || running.IsCompleted);
        }

        var (second, _) = await StartAsync(first.Uri.Port);

        await using (second)
        {
            Assert.Contains("is back", await running);
        }
    }

    private static async Task<(TestServer Server, SocketIOServer IO)> StartAsync(int port)
    {
        SocketIOServer io = null!;

        var server = await TestServer.StartAsync(
            app =>
            {
                io = app.MapSocketIO();
                io.OnConnection(socket =>
                {
                    socket.On("echo", (string text, Ack ack) => ack.SendAsync(text));

                    // The client knows that it is connected: only then does it notice that it is not any more.
                    socket.On("there", () => socket.Data["there"] = true);
                });
            },
            services => services.AddSocketIO(options => options.AllowEIO3 = true),
            port: port);

        return (server, io);
    }
}
