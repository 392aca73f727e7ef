using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Admin.Tests;

/// <summary>A server that is administered.</summary>
internal sealed class AdminServer : IAsyncDisposable
{
    public const string Password = "correct horse";

    private readonly TestServer _server;

    private AdminServer(TestServer server, SocketIOServer io) => (_server, IO) = (server, io);

    public SocketIOServer IO { get; }

    public HttpClient Http => _server.Http;

    public LogWatcher Logs => _server.Logs;

    public static async Task<AdminServer> StartAsync(Action<AdminOptions>? configure = null, TimeProvider? time = null)
    {
        SocketIOServer io = null!;

        var server = await TestServer.StartAsync(
            app =>
            {
                io = app.MapSocketIO();
                io.OnConnection(socket =>
                {
                    socket.Data["user"] = "Alice";
                    socket.Data["object"] = new object();
                    socket.On("echo", (EventArguments arguments, Ack ack) => ack.SendAsync(arguments));
                    socket.On("join", (string room) => socket.JoinAsync(room));
                    socket.On("leave", (string room) => socket.LeaveAsync(room));
                });
                app.MapSocketIOAdmin(options =>
                {
                    options.UsePassword("admin", Password);
                    options.Mode = AdminMode.Development;
                    configure?.Invoke(options);
                });
            },
            services => services.AddSocketIO(options => (options.PingInterval, options.AllowEIO3, options.AnswerUnknownEvents) = (TimeSpan.FromHours(1), true, true)),
            time);

        return new AdminServer(server, io);
    }

    public Task<RawClient> OpenAsync(string transport) => RawClient.OpenAsync(_server.Uri, transport, "/socket.io/");

    /// <summary>Connects somebody whom administrators may watch.</summary>
    /// <returns>The client, and its socket's id.</returns>
    public async Task<(RawClient Client, string Id)> ConnectAsync(string transport)
    {
        var client = await OpenAsync(transport);
        await client.SendAsync("40{\"token\":\"secret\"}");
        return (client, JsonDocument.Parse((await client.ReceiveAsync())![2..]).RootElement.GetProperty("sid").GetString()!);
    }

    /// <summary>Connects an administrator.</summary>
    public async Task<Administrator> AdministerAsync(string transport, string auth = $"{{\"username\":\"admin\",\"password\":\"{Password}\"}}")
    {
        var client = await OpenAsync(transport);
        await client.SendAsync($"40/admin,{auth}");
        return new Administrator(client);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
