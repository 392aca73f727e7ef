using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Clients that do not read what is emitted to them, and what their namespace does about it.</summary>
public class SlowClientTests
{
    // More than one event of this size fills the queue.
    private const int QueueBytes = 1024 * 1024;

    private static readonly string Large = new('x', QueueBytes / 3);

    [Theory]
    [EachTransport]
    public async Task They_are_closed_by_default_and_the_others_go_on(string transport)
    {
        await using var server = await StartAsync();
        await using var slow = await server.ConnectAsync(transport);
        await using var reading = await server.ConnectAsync(transport);
        var isGone = false;
        server.IO.Sockets.Sockets.Values.MinBy(static socket => socket.Handshake.Issued)!.OnDisconnect(reason => isGone = reason == DisconnectReason.TransportError);

        await Eventually.Async("the slow one is gone", async () =>
        {
            await server.IO.EmitAsync("large", Large);
            Assert.StartsWith("42[\"large\"", await reading.ReceiveAsync());
            return isGone;
        });

        Assert.Single(server.IO.Sockets.Sockets);
    }

    [Theory]
    [EachTransport]
    public async Task They_miss_events_where_those_are_dropped(string transport)
    {
        await using var server = await StartAsync(io => io.Sockets.SlowClients = SlowClients.Drop);
        await using var slow = await server.ConnectAsync(transport);
        using var dropped = new CounterWatcher(server, "salon.engineio.packets.dropped");
        var socket = server.LastSocket();
        var emitted = 0;

        await Eventually.Async("events are dropped", async () =>
        {
            await (emitted % 2 == 0 ? socket.EmitAsync("large", ++emitted, Large) : server.IO.EmitAsync("large", ++emitted, Large));
            return dropped.Sum >= 3;
        });

        // What is no event is never dropped, and what comes after the congestion arrives.
        await slow.SendAsync("""421["message-with-ack","x"]""");
        var numbers = new List<int>();
        string? packet;

        while ((packet = await slow.ReceiveAsync())!.StartsWith("42[\"large\",", StringComparison.Ordinal))
        {
            numbers.Add(int.Parse(packet["42[\"large\",".Length..packet.IndexOf(",\"x", StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal("""431["x"]""", packet);
        Assert.Equal(numbers.Order(), numbers);
        Assert.InRange(numbers.Count, 1, emitted - 3);
        await server.IO.EmitAsync("afterwards");
        Assert.Equal("42[\"afterwards\"]", await slow.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task They_are_waited_for_where_that_is_wanted_and_lose_nothing(string transport)
    {
        await using var server = await StartAsync(io => io.Sockets.SlowClients = SlowClients.Wait);
        using var waits = new CounterWatcher(server, "salon.socketio.emits.waiting");
        await using var slow = await server.ConnectAsync(transport);
        var socket = server.LastSocket();
        const int Count = 100;
        var emitted = 0;

        var emitting = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                IEmitter emitter = (i % 3) switch { 0 => socket, 1 => socket.Compress(false), _ => server.IO };
                await emitter.EmitAsync("large", i, Large);
                Interlocked.Increment(ref emitted);
            }
        });

        await Eventually.Async("an emit waits", () => waits.Sum > 0);
        Assert.InRange(emitted, 0, Count - 1);

        for (var i = 0; i < Count; i++)
        {
            Assert.StartsWith($"42[\"large\",{i},", await slow.ReceiveAsync());
        }

        await emitting.Soon();
        Assert.Equal(Count, emitted);
    }

    [Theory]
    [EachTransport]
    public async Task Who_is_waited_for_too_long_is_closed_however_alive(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(io => io.Sockets.SlowClients = SlowClients.Wait, time: time);
        await using var slow = await server.ConnectAsync(transport);
        var socket = server.LastSocket();

        // What the network holds by itself is taken from the queue in a moment: it must stay full for some looks.
        var emit = Task.CompletedTask;
        var looks = 0;

        await Eventually.Async("an emit waits for good", () =>
        {
            if (emit.IsCompleted)
            {
                emit = socket.EmitAsync("large", Large);
                looks = 0;
            }

            return ++looks > 10;
        });

        var waiting = socket.EmitAsync("small");
        var closed = new TaskCompletionSource<DisconnectReason>();
        socket.OnDisconnect(closed.SetResult);
        var signs = 0;
        socket.On("alive", () => { Interlocked.Increment(ref signs); });

        for (var second = 0; second < 45 && !closed.Task.IsCompleted; second += 5)
        {
            // A sign of life, in time: the heartbeat alone would never end this.
            var seen = signs;
            await slow.SendAsync("42[\"alive\"]");
            await Eventually.Async("the sign of life has come", () => signs > seen || closed.Task.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(DisconnectReason.TransportError, await closed.Task.Soon());
        await waiting.Soon();
    }

    [Theory]
    [EachTransport]
    public async Task A_wait_ends_with_the_client(string transport)
    {
        await using var server = await StartAsync(io => io.Sockets.SlowClients = SlowClients.Wait);
        await using var slow = await server.ConnectAsync(transport);
        var socket = server.LastSocket();
        Task emit;

        do
        {
            emit = socket.EmitAsync("large", Large);
        }
        while (emit.IsCompleted);

        socket.Conn.Close(EngineIO.CloseReason.TransportError);
        await emit.Soon();
    }

    [Theory]
    [EachTransport]
    public async Task Volatile_events_wait_for_nobody(string transport)
    {
        await using var server = await StartAsync(io => io.Sockets.SlowClients = SlowClients.Wait);
        await using var slow = await server.ConnectAsync(transport);
        var socket = server.LastSocket();

        while (socket.EmitAsync("large", Large).IsCompleted)
        {
        }

        Assert.True(socket.Volatile.EmitAsync("volatile").IsCompletedSuccessfully);
        Assert.True(server.IO.Volatile.EmitAsync("volatile").IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Children_do_as_their_parent_unless_told_otherwise()
    {
        await using var server = await StartAsync(configure: options => options.SlowClients = SlowClients.Wait);
        Assert.Equal(SlowClients.Wait, server.IO.Of("/other").SlowClients);

        var parent = server.IO.Of(new System.Text.RegularExpressions.Regex("^/child-"));
        parent.SlowClients = SlowClients.Drop;
        await using var first = await server.ConnectAsync("websocket", "/child-1");
        var child = server.IO.Namespaces.Single(static space => space.Name == "/child-1");
        Assert.Equal(SlowClients.Drop, child.SlowClients);

        child.SlowClients = SlowClients.Close;
        Assert.Equal(SlowClients.Close, child.SlowClients);
        parent.SlowClients = SlowClients.Wait;
        Assert.Equal(SlowClients.Wait, child.SlowClients);
    }

    private static Task<SocketServer> StartAsync(
        Action<SocketIOServer>? add = null,
        Action<SocketIOOptions>? configure = null,
        TimeProvider? time = null) =>
        SocketServer.StartAsync(
            add,
            options =>
            {
                options.MaxSendQueueBytes = QueueBytes;
                configure?.Invoke(options);
            },
            time);
}
