using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Salon.SocketIO.Clustering;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>A server of a cluster, told what to do by clients: the same events as <c>node/server.mjs</c>.</summary>
internal sealed class ClusterServer : IAsyncDisposable
{
    private readonly TestServer _server;

    private ClusterServer(TestServer server, SocketIOServer io) => (_server, IO) = (server, io);

    public Uri Uri => _server.Uri;

    public LogWatcher Logs => _server.Logs;

    public SocketIOServer IO { get; }

    public IClusterMembers Members => _server.Services.GetRequiredService<IClusterMembers>();

    public IServiceProvider Services => _server.Services;

    public static async Task<ClusterServer> StartAsync(
        string redis,
        RedisAdapterKind kind,
        Action<SocketIOOptions>? configure = null,
        Action<RedisAdapterOptions>? configureRedis = null,
        TimeProvider? time = null)
    {
        SocketIOServer io = null!;
        var server = await TestServer.StartAsync(
            app =>
            {
                io = app.MapSocketIO();
                Serve(io.Of("/"));
                Serve(io.Of("/other"));
            },
            services => services.AddSocketIO(configure).AddRedis(redis, options =>
            {
                options.Kind = kind;
                options.MemberTimeout = TimeSpan.FromSeconds(1);
                configureRedis?.Invoke(options);
            }),
            time);

        return new ClusterServer(server, io);
    }

    /// <summary>Waits until all of a cluster's servers know each other. They look when they are asked to, however seldom they do by themselves.</summary>
    /// <param name="servers">All of them.</param>
    /// <param name="time">Their clock, if it is the test's.</param>
    public static Task KnowEachOtherAsync(IReadOnlyList<ClusterServer> servers, ManualTimeProvider? time = null) => Eventually.Async("all servers know each other", async () =>
    {
        var looking = Task.WhenAll(servers.Select(static server => ((RedisMembers)server.Members).RefreshAsync(default)));

        while (time is not null && !looking.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await looking;
        return servers.All(server => server.Members.Others.Count == servers.Count - 1);
    });

    /// <summary>Stops it; disposing does it too.</summary>
    public Task StopAsync() => _server.StopAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private static void Serve(Namespace space)
    {
        var heard = new ConcurrentQueue<EventArguments>();

        space.Servers.On("told", arguments =>
        {
            heard.Enqueue(arguments);
            return Task.CompletedTask;
        });
        space.Servers.On("asked", arguments => Task.FromResult(new { sum = arguments.Get<int>(0) + arguments.Get<int>(1), by = "salon" }));

        space.OnConnection(socket =>
        {
            socket.Data["by"] = "salon";
            socket.Data["bytes"] = new byte[] { 1, 2, 3 };
            socket.On("join", async (string room, Ack ack) =>
            {
                await socket.JoinAsync(room);
                await ack.SendAsync();
            });
            socket.On("my rooms", (Ack ack) => ack.SendAsync(socket.Rooms.ToArray()));
            socket.On("emit", async (JsonElement to, string name, EventArguments arguments, Ack ack) =>
            {
                await Choose(space, to).EmitAsync(name, arguments);
                await ack.SendAsync();
            });
            socket.On("ask", async (JsonElement to, string name, RawJson argument, Ack ack) =>
            {
                var answers = await Choose(space, to).EmitWithAckAsync<RawJson>(name, argument);
                await ack.SendAsync(new { answers = answers.ToArray(), isPartial = !answers.IsComplete });
            });
            socket.On("fetch", async (JsonElement to, Ack ack) => await ack.SendAsync((await Choose(space, to).FetchSocketsAsync()).Select(static found => new
            {
                id = found.Id,
                rooms = found.Rooms.Order(StringComparer.Ordinal).ToArray(),
                data = found.Data,
                handshake = new { headers = found.Handshake.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString()), found.Handshake.Url, auth = found.Handshake.Auth },
            }).ToArray()));
            socket.On("sockets join", async (JsonElement to, string room, Ack ack) =>
            {
                await Choose(space, to).SocketsJoinAsync(room);
                await ack.SendAsync();
            });
            socket.On("sockets leave", async (JsonElement to, string room, Ack ack) =>
            {
                await Choose(space, to).SocketsLeaveAsync(room);
                await ack.SendAsync();
            });
            socket.On("disconnect sockets", async (JsonElement to, bool close, Ack ack) =>
            {
                await Choose(space, to).DisconnectSocketsAsync(close);
                await ack.SendAsync();
            });
            socket.On("tell servers", async (EventArguments arguments, Ack ack) =>
            {
                await space.Servers.EmitAsync("told", arguments);
                await ack.SendAsync();
            });
            socket.On("ask servers", async (string name, int a, int b, Ack ack) =>
            {
                var answers = await space.Servers.EmitWithAckAsync<JsonElement>(name, a, b);
                await ack.SendAsync(new { answers = answers.ToArray(), isPartial = !answers.IsComplete });
            });
            socket.On("ask one", async (string id, string name, RawJson argument, Ack ack) =>
            {
                var found = (await space.In(id).FetchSocketsAsync()).Single();
                await ack.SendAsync(new { answer = await found.Timeout(TimeSpan.FromSeconds(2)).EmitWithAckAsync<RawJson>(name, argument) });
            });
            socket.On("heard", (Ack ack) => ack.SendAsync(heard.Select(static arguments => Enumerable.Range(0, arguments.Count).Select(i => arguments[i]).ToArray()).ToArray()));
        });
    }

    private static BroadcastOperator Choose(Namespace space, JsonElement to)
    {
        var choice = space.To(ReadRooms(to, "rooms")).Except(ReadRooms(to, "except"));
        choice = to.TryGetProperty("volatile", out var isVolatile) && isVolatile.GetBoolean() ? choice.Volatile : choice;
        choice = to.TryGetProperty("local", out var isLocal) && isLocal.GetBoolean() ? choice.Local : choice;
        return to.TryGetProperty("timeout", out var timeout) ? choice.Timeout(TimeSpan.FromMilliseconds(timeout.GetInt32())) : choice;
    }

    private static string[] ReadRooms(JsonElement to, string name) =>
        to.TryGetProperty(name, out var rooms) ? [.. rooms.EnumerateArray().Select(static room => room.GetString()!)] : [];
}
