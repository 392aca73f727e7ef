using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Salon.SocketIO.Admin.Watching;
using Salon.Supervision;
using Salon.Tests;

namespace Salon.SocketIO.Admin.Tests.Fast;

/// <summary>
/// What administrators are told, and that nothing is watched without any: <see cref="ServerWatch"/>, <see cref="WatchSession"/>,
/// <see cref="WatchedSocket"/>, <see cref="NamespaceWatch"/>. Our clock; where sockets are needed, a server in this process.
/// </summary>
[Trait("Stage", "fast")]
public sealed class WatchStateTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();

    [Fact]
    public void So_many_get_through_in_each_second_of_the_clock_and_no_more()
    {
        var sampler = new Sampler(3, _time);
        Assert.Equal(3, Enumerable.Range(0, 100).Count(_ => sampler.TryTake()));
        _time.Advance(TimeSpan.FromSeconds(0.999));
        Assert.False(sampler.TryTake());
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(3, Enumerable.Range(0, 100).Count(_ => sampler.TryTake()));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(sampler.TryTake());

        Assert.False(new Sampler(0, _time).TryTake());
    }

    [Fact]
    public async Task However_many_ask_at_once_a_second_has_hardly_more_than_its_number()
    {
        var sampler = new Sampler(100, _time);

        for (var second = 0; second < 20; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 200).Count(_ => sampler.TryTake())))).Soon();
            Assert.InRange(taken.Sum(), 100, 104);
        }
    }

    [Fact]
    public async Task What_the_engine_does_is_counted_from_the_beginning_to_the_end_and_taken_once()
    {
        await using var services = new ServiceCollection().AddLogging().AddMetrics().AddSingleton<TimeProvider>(_time).AddSocketIO().Services.BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var meter = meters.Create("Salon.EngineIO");
        var (packets, bytes, closes) = (meter.CreateCounter<long>("salon.engineio.packets.received"), meter.CreateCounter<long>("salon.engineio.bytes.sent"), meter.CreateCounter<long>("salon.engineio.closes"));
        packets.Add(100);
        var counts = new EngineCounts(services.GetRequiredService<SocketIOServer>(), meters);

        packets.Add(2);
        packets.Add(3);
        bytes.Add(7);
        closes.Add(1, new KeyValuePair<string, object?>("reason", "ping timeout"));
        closes.Add(1, new KeyValuePair<string, object?>("reason", "ping timeout"));
        closes.Add(1, new KeyValuePair<string, object?>("reason", "transport close"));
        closes.Add(1);
        using var another = new Meter("Salon.EngineIO");
        another.CreateCounter<long>("salon.engineio.packets.received").Add(50);

        Assert.Equal(
            ["bytesOut  7", "packetsIn  5", "rawDisconnection ping timeout 2", "rawDisconnection transport close 1"],
            Taken(counts).Order(StringComparer.Ordinal));
        Assert.Empty(Taken(counts));
        packets.Add(1);
        Assert.Equal(["packetsIn  1"], Taken(counts));

        counts.Dispose();
        counts.Dispose();
        packets.Add(1);
        Assert.Empty(Taken(counts));
    }

    [Fact]
    public async Task The_first_administrator_begins_to_watch_and_the_last_ends_it()
    {
        await using var server = await AdminServer.StartAsync(static options => options.ServerId = "node", _time);
        var (client, id) = await server.ConnectAsync("websocket");
        await using var connected = client;
        var first = await server.AdministerAsync("websocket");
        await first.ReceiveAsync("all_sockets", static sockets => sockets[0].GetArrayLength() == 2, "session", "config");
        await using var second = await server.AdministerAsync("websocket");
        await second.ReceiveAsync("all_sockets", static sockets => sockets[0].GetArrayLength() == 3, "session", "config");

        await first.DisposeAsync();
        await second.ReceiveAsync("socket_disconnected");
        await client.SendAsync("42[\"echo\",1]");
        Assert.Equal(id, (await second.ReceiveAsync("event_received", null, "socket_disconnected"))[1].GetString());
        await client.SendAsync("42[\"join\",\"attic\"]");
        var joined = await second.ReceiveAsync("room_joined", null, "event_received", "event_sent");
        Assert.Equal(["/", "attic", id], joined.Take(3).Select(static argument => argument.GetString()));
        await second.DisposeAsync();
        await Eventually.Async("both are gone", () => server.IO.Of("/admin").Sockets.Count == 0);
        _time.Advance(TimeSpan.FromSeconds(10));

        // Nobody was there while this was counted.
        await client.SendAsync("421[\"echo\",1]");
        Assert.Equal("431[1]", await client.ReceiveAsync());
        await using var third = await server.AdministerAsync("websocket");
        await third.ReceiveAsync("all_sockets", static sockets => sockets[0].GetArrayLength() == 2, "session", "config");
        _time.Advance(TimeSpan.FromSeconds(2));
        var stats = (await third.ReceiveAsync("server_stats", static stats => stats[0].GetProperty("uptime").GetDouble() >= 12))[0];
        Assert.DoesNotContain("packetsIn", stats.GetProperty("aggregatedEvents").EnumerateArray().Select(static counted => counted.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_socket_that_came_or_went_while_watching_began_is_set_right_and_takes_nobodys_place()
    {
        await using var server = await AdminServer.StartAsync(static _ => { }, _time);
        var (first, _) = await server.ConnectAsync("websocket");
        await using var session = Watch(server, maxSockets: 1);
        Assert.Single(session.DescribeAll());

        // Nobody tells this session of it.
        await first.DisposeAsync();
        await Eventually.Async("it is gone", () => server.IO.Sockets.Sockets.Count == 0);
        var (second, id) = await server.ConnectAsync("websocket");
        await using var connected = second;
        Assert.Empty(session.DescribeAll());
        session.Prune();
        session.Prune();

        Assert.Equal([id], session.DescribeAll().Select(static socket => socket.Id));
    }

    [Fact]
    public async Task So_many_sockets_are_watched_and_another_when_one_has_gone_but_none_once_it_is_over()
    {
        await using var server = await AdminServer.StartAsync(static _ => { }, _time);
        var clients = new List<(RawClient Client, string Id)>();

        for (var i = 0; i < 3; i++)
        {
            clients.Add(await server.ConnectAsync("websocket"));
        }

        var session = Watch(server, maxSockets: 2);
        var watched = session.DescribeAll().Select(static socket => socket.Id).ToList();
        Assert.Equal(2, watched.Count);
        var gone = server.IO.Sockets.Sockets[watched[0]];
        session.OnDisconnected(gone, DisconnectReason.TransportClose);
        session.OnDisconnected(gone, DisconnectReason.TransportClose);
        session.OnConnected(server.IO.Sockets.Sockets[watched[1]]);
        session.OnConnected(server.IO.Sockets.Sockets[clients.Single(client => !watched.Contains(client.Id)).Id]);
        Assert.Equal(2, session.DescribeAll().Length);
        Assert.DoesNotContain(session.DescribeAll(), socket => socket.Id == watched[0]);

        await session.DisposeAsync();
        session.Dispose();
        session.OnConnected(gone);
        session.Prune();
        Assert.DoesNotContain(session.DescribeAll(), socket => socket.Id == watched[0]);

        foreach (var (client, _) in clients)
        {
            await client.DisposeAsync();
        }
    }

    private OwnSession Watch(AdminServer server, int maxSockets) => new(server, maxSockets, new Guard(_logs.CreateLogger("guard")), _time);

    private static IEnumerable<string> Taken(EngineCounts counts) => counts.Take(DateTimeOffset.UnixEpoch).Select(static taken => $"{taken.Type} {taken.SubType} {taken.Count}");

    /// <summary>A session that the server knows nothing of.</summary>
    private sealed class OwnSession(AdminServer server, int maxSockets, Guard guard, TimeProvider time) : IAsyncDisposable
    {
        private readonly WatchSession _session = new(
            server.IO, server.IO.Of("/admin"), new AdminOptions { MaxSockets = maxSockets }, AdminMode.Development, new EngineCounts(server.IO, null), guard, time);

        public SocketInfo[] DescribeAll() => _session.DescribeAll();

        public void OnConnected(Socket socket) => _session.OnConnected(socket);

        public void OnDisconnected(Socket socket, DisconnectReason reason) => _session.OnDisconnected(socket, reason);

        public void Prune() => _session.Prune();

        public void Dispose() => _session.Dispose();

        public ValueTask DisposeAsync()
        {
            _session.Dispose();
            return default;
        }
    }
}
