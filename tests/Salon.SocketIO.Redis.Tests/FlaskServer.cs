using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Salon.SocketIO.Redis.Flask;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>A server on the bus of Flask-SocketIO, with the namespaces <c>/</c> and <c>/other</c>.</summary>
internal sealed class FlaskServer : IAsyncDisposable
{
    private readonly TestServer _server;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    private FlaskServer(TestServer server, SocketIOServer io)
    {
        (_server, IO) = (server, io);

        var meters = server.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _counts.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        _listener.Start();
    }

    public SocketIOServer IO { get; }

    public Uri Uri => _server.Uri;

    public LogWatcher Logs => _server.Logs;

    /// <summary>Starts a server, and waits until it hears the bus.</summary>
    public static async Task<FlaskServer> StartAsync(
        RedisServer redis,
        Action<FlaskBusOptions>? configure = null,
        Action<SocketIOBuilder>? add = null,
        Action<SocketIOOptions>? configureServer = null)
    {
        SocketIOServer io = null!;
        var server = await TestServer.StartAsync(
            app =>
            {
                io = app.MapSocketIO();
                io.Of("/other");
            },
            services =>
            {
                var builder = services.AddSocketIO(options =>
                {
                    options.AnswerUnknownEvents = true;
                    configureServer?.Invoke(options);
                }).AddFlaskSocketIOBus(redis.Url, configure: configure);

                // After the bus, which takes whatever adapter there is in the end.
                add?.Invoke(builder);
            });

        await server.Services.GetRequiredService<FlaskBus>().Started.Soon();
        return new FlaskServer(server, io);
    }

    /// <summary>How much a counter has counted.</summary>
    public long Count(string name) => _counts.GetValueOrDefault($"salon.flask.messages.{name}");

    /// <summary>Connects a client that joins rooms.</summary>
    public async Task<(RawClient Client, Socket Socket)> ConnectAsync(string @namespace = "/", params string[] rooms)
    {
        var client = await RawClient.OpenAsync(_server.Uri, "websocket", "/socket.io/");
        var prefix = @namespace == "/" ? "" : @namespace + ",";
        await client.SendAsync($"40{prefix}");
        var sid = (await client.ReceiveAsync())!.Split("\"sid\":\"")[1].Split('"')[0];
        var socket = IO.Of(@namespace).Sockets[sid];

        // Nobody handles it, which is answered too: then the server is done with the connecting, and broadcasts reach the client.
        await client.SendAsync($"42{prefix}0[\"ready\"]");
        Assert.StartsWith($"43{prefix}0[", await client.ReceiveAsync());

        foreach (var room in rooms)
        {
            await socket.JoinAsync(room);
        }

        return (client, socket);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _server.DisposeAsync();
    }
}
