using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>A Socket.IO server with the namespaces of the protocol's suite, which answers everything, and what a test adds.</summary>
internal sealed class SocketServer : IAsyncDisposable
{
    public const string Path = "/socket.io/";

    private readonly TestServer _server;

    private SocketServer(TestServer server, SocketIOServer io) => (_server, IO) = (server, io);

    public SocketIOServer IO { get; }

    public Uri Uri => _server.Uri;

    public HttpClient Http => _server.Http;

    public LogWatcher Logs => _server.Logs;

    /// <summary>What made the server's meters.</summary>
    public IMeterFactory Meters => _server.Services.GetRequiredService<IMeterFactory>();

    /// <summary>Starts the server of the suite: <c>message</c> is sent back, <c>message-with-ack</c> is acknowledged, in <c>/</c> and <c>/custom</c>.</summary>
    public static async Task<SocketServer> StartAsync(
        Action<SocketIOServer>? add = null,
        Action<SocketIOOptions>? configure = null,
        TimeProvider? time = null,
        bool answers = true,
        Action<SocketIOBuilder>? build = null)
    {
        SocketIOServer io = null!;

        var server = await TestServer.StartAsync(
            app =>
            {
                io = app.MapSocketIO();

                if (answers)
                {
                    Answer(io.Of("/"));
                    Answer(io.Of("/custom"));
                }

                add?.Invoke(io);
            },
            services =>
            {
                var builder = services.AddSocketIO(configure);
                build?.Invoke(builder);
            },
            time);

        return new SocketServer(server, io);
    }

    /// <summary>Opens a session.</summary>
    public Task<RawClient> OpenAsync(string transport) => RawClient.OpenAsync(Uri, transport, Path);

    /// <summary>Opens a session and joins a namespace.</summary>
    public async Task<RawClient> ConnectAsync(string transport, string name = "/", string auth = "")
    {
        var client = await OpenAsync(transport);
        await client.SendAsync($"40{(name == "/" ? "" : name + ",")}{auth}");
        Assert.StartsWith(name == "/" ? "40{\"sid\":" : $"40{name},{{\"sid\":", await client.ReceiveAsync());
        return client;
    }

    /// <summary>The socket that connected last.</summary>
    public Socket LastSocket(string name = "/") => IO.Of(name).Sockets.Values.MaxBy(socket => socket.Handshake.Issued)!;

    /// <summary>A fresh client is served: whatever was done to the server, the others do not notice.</summary>
    public async Task AssertServesAsync()
    {
        foreach (var transport in new[] { "polling", "websocket" })
        {
            await using var client = await ConnectAsync(transport);
            await client.SendAsync("""421["message-with-ack","still here"]""");
            Assert.Equal("""431["still here"]""", await client.ReceiveAsync());
        }
    }

    public Task StopAsync() => _server.StopAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static void Answer(Namespace space) => space.OnConnection(socket =>
    {
        socket.On("message", (EventArguments arguments) => socket.EmitAsync("message-back", arguments));
        socket.On("message-with-ack", (EventArguments arguments, Ack ack) => ack.SendAsync(arguments));
    });
}
