using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Clients that lose their connection and come back: Socket.IO's connection state recovery, without the reference's defects.</summary>
public class RecoveryTests
{
    [Theory]
    [EachTransport]
    public async Task Who_comes_back_finds_id_rooms_data_and_what_was_missed(string transport)
    {
        var connections = new List<bool>();
        await using var server = await StartAsync(io => io.OnConnection(socket => connections.Add(socket.Recovered)));
        var (client, id, pid) = await OpenAsync(server, transport);
        var socket = server.LastSocket();
        await socket.JoinAsync("room");
        socket.Data["user"] = "Alice";
        await server.IO.EmitAsync("seen", 1);
        var offset = OffsetOf(await client.ReceiveAsync());

        await LoseAsync(server, client);
        await server.IO.EmitAsync("to all", "x");
        await server.IO.To("room").EmitAsync("to the room", new byte[] { 7 });
        await server.IO.To(id).EmitAsync("to one");
        await socket.EmitAsync("to the socket that was");
        await server.IO.To("elsewhere").EmitAsync("not for it");
        await server.IO.Except("room").EmitAsync("not for it");
        await server.IO.Volatile.EmitAsync("not for it");
        var back = await server.OpenAsync(transport);
        await back.SendAsync($"40{{\"pid\":\"{pid}\",\"offset\":\"{offset}\"}}");

        Assert.StartsWith("42[\"to all\",\"x\",\"", await back.ReceiveAsync());
        Assert.StartsWith("451-[\"to the room\",{\"_placeholder\":true,\"num\":0},\"", await back.ReceiveAsync());
        Assert.Equal("bBw==", await back.ReceiveAsync());
        Assert.StartsWith("42[\"to one\",\"", await back.ReceiveAsync());
        Assert.StartsWith("42[\"to the socket that was\",\"", await back.ReceiveAsync());
        Assert.Equal($"40{{\"sid\":\"{id}\",\"pid\":\"{pid}\"}}", await back.ReceiveAsync());
        var recovered = server.LastSocket();
        Assert.NotSame(socket, recovered);
        Assert.True(recovered.Recovered);
        Assert.Equal(new HashSet<string>([id, "room"]), recovered.Rooms);
        Assert.Equal("Alice", recovered.Data["user"]);
        await Eventually.Async("both were told", () => connections.Count == 2);
        Assert.Equal([false, true], connections);

        await server.IO.To("room").EmitAsync("live");
        Assert.StartsWith("42[\"live\",\"", await back.ReceiveAsync());
        await back.DisposeAsync();
    }

    [Theory]
    [EachTransport]
    public async Task A_client_that_got_no_event_yet_is_recovered_too(string transport)
    {
        await using var server = await StartAsync();
        await server.IO.EmitAsync("before it came");
        var (client, id, pid) = await OpenAsync(server, transport);
        await LoseAsync(server, client);
        await server.IO.EmitAsync("missed");

        await using var back = await server.OpenAsync(transport);
        await back.SendAsync($"40{{\"pid\":\"{pid}\"}}");

        Assert.StartsWith("42[\"missed\",\"", await back.ReceiveAsync());
        Assert.StartsWith($"40{{\"sid\":\"{id}\"", await back.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_client_that_was_idle_for_long_is_recovered_too(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time: time);
        var (client, id, pid) = await OpenAsync(server, transport);
        await server.IO.EmitAsync("seen");
        var offset = OffsetOf(await client.ReceiveAsync());
        await server.IO.To("others").EmitAsync("not for it");

        // So many heartbeats later, everything that was emitted has left the log.
        for (var i = 0; i < 20; i++)
        {
            time.Advance(TimeSpan.FromSeconds(25));
            Assert.Equal("2", await client.ReceiveAnyAsync().Soon());
            await client.SendAsync("421[\"message-with-ack\"]");
            Assert.Equal("431[]", await client.ReceiveAsync());
        }

        await LoseAsync(server, client);
        await server.IO.EmitAsync("missed");

        await using var back = await server.OpenAsync(transport);
        await back.SendAsync($"40{{\"pid\":\"{pid}\",\"offset\":\"{offset}\"}}");

        Assert.StartsWith("42[\"missed\",\"", await back.ReceiveAsync());
        Assert.StartsWith($"40{{\"sid\":\"{id}\"", await back.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Every_event_carries_an_offset_that_can_be_shown(string transport)
    {
        await using var server = await StartAsync();
        var (client, id, pid) = await OpenAsync(server, transport);
        var receiving = client.ReceiveAsync();

        // Volatile, and its own last argument is a text: a client would take that for its offset.
        await Eventually.Async("a volatile event has arrived", async () =>
        {
            await server.IO.Volatile.EmitAsync("volatile", "text");
            return receiving.IsCompleted;
        });
        var offset = OffsetOf(await receiving);
        await LoseAsync(server, client);
        await server.IO.Local.EmitAsync("missed", "text");

        await using var back = await server.OpenAsync(transport);
        await back.SendAsync($"40{{\"pid\":\"{pid}\",\"offset\":\"{offset}\"}}");

        Assert.StartsWith("42[\"missed\",\"text\",\"", await back.ReceiveAsync());
        Assert.StartsWith($"40{{\"sid\":\"{id}\"", await back.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_question_is_asked_again_once_if_it_was_not_answered(string transport)
    {
        await using var server = await StartAsync();
        var (client, _, pid) = await OpenAsync(server, transport);
        var socket = server.LastSocket();
        var answered = socket.EmitWithAckAsync<int>("answered");
        await client.SendAsync($"43{IdOf(await client.ReceiveAsync())}[1]");
        Assert.Equal(1, await answered.Soon());
        var asked = socket.EmitWithAckAsync<int>("asked");
        var first = await client.ReceiveAsync();
        await LoseAsync(server, client);
        Assert.False(asked.IsCompleted);

        await using var back = await server.OpenAsync(transport);
        await back.SendAsync($"40{{\"pid\":\"{pid}\"}}");
        var again = await back.ReceiveAsync();
        Assert.StartsWith("40{\"sid\":", await back.ReceiveAsync());
        await back.SendAsync($"43{IdOf(again)}[42]");

        Assert.Equal(first, again);
        Assert.Equal(42, await asked.Soon());
    }

    [Theory]
    [EachTransport]
    public async Task Nobody_waits_for_the_answer_of_a_client_whose_time_is_over(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time: time);
        var (client, id, pid) = await OpenAsync(server, transport);
        var asked = server.LastSocket().EmitWithAckAsync<int>("asked");
        await LoseAsync(server, client);

        time.Advance(TimeSpan.FromMinutes(2));

        await Assert.ThrowsAsync<SocketDisconnectedException>(() => asked.Soon());
        await AssertFreshAsync(server, transport, $"{{\"pid\":\"{pid}\"}}", id);
    }

    [Theory]
    [EachTransport]
    public async Task The_private_id_is_of_use_once(string transport)
    {
        await using var server = await StartAsync();
        var (client, id, pid) = await OpenAsync(server, transport);
        await LoseAsync(server, client);

        await using var back = await server.OpenAsync(transport);
        await back.SendAsync($"40{{\"pid\":\"{pid}\"}}");
        Assert.StartsWith($"40{{\"sid\":\"{id}\"", await back.ReceiveAsync());
        await back.SendAsync("41");
        await Eventually.Async("it has left", () => server.IO.Sockets.Sockets.Count == 0);

        await AssertFreshAsync(server, transport, $"{{\"pid\":\"{pid}\"}}", id);
    }

    [Theory]
    [EachTransport]
    public async Task A_connection_that_the_server_thinks_alive_makes_way_for_the_new_one(string transport)
    {
        await using var server = await StartAsync();
        var (stale, id, pid) = await OpenAsync(server, transport);
        await server.LastSocket().JoinAsync("room");

        await using var back = await server.OpenAsync(transport);
        await back.SendAsync($"40{{\"pid\":\"{pid}\"}}");

        Assert.StartsWith($"40{{\"sid\":\"{id}\"", await back.ReceiveAsync());
        await stale.WaitUntilClosedAsync();
        Assert.Equal(new HashSet<string>([id, "room"]), Assert.Single(server.IO.Sockets.Sockets.Values).Rooms);
        Assert.Equal(1, server.IO.Engine.ClientsCount);
        await server.IO.To("room").EmitAsync("once");
        Assert.StartsWith("42[\"once\",\"", await back.ReceiveAsync());
        await stale.DisposeAsync();
    }

    [Theory]
    [InlineData("polling", "41")]
    [InlineData("websocket", "41")]
    [InlineData("polling", "abc")]
    [InlineData("websocket", "abc")]
    public async Task Who_left_or_sent_nonsense_is_a_new_client(string transport, string packet)
    {
        await using var server = await StartAsync();
        var (client, id, pid) = await OpenAsync(server, transport);
        await client.SendAsync(packet);
        await Eventually.Async("it has left", () => server.IO.Sockets.Sockets.Count == 0);
        await client.DisposeAsync();

        await AssertFreshAsync(server, transport, $"{{\"pid\":\"{pid}\"}}", id);
    }

    [Theory]
    [InlineData("{\"pid\":\"forged\"}")]
    [InlineData("{\"pid\":7}")]
    [InlineData("{\"pid\":null,\"offset\":null}")]
    [InlineData("{\"pid\":\"PID\",\"offset\":\"999999\"}")]
    [InlineData("{\"pid\":\"PID\",\"offset\":\"-1\"}")]
    [InlineData("{\"pid\":\"PID\",\"offset\":\"99999999999999999999999\"}")]
    [InlineData("{\"pid\":\"PID\",\"offset\":{}}")]
    [InlineData("{\"pid\":\"PID\",\"offset\":\"x\"}")]
    public async Task What_is_forged_makes_a_new_client(string auth)
    {
        await using var server = await StartAsync();

        foreach (var transport in new[] { "polling", "websocket" })
        {
            var (client, id, pid) = await OpenAsync(server, transport);
            await LoseAsync(server, client);

            await AssertFreshAsync(server, transport, auth.Replace("PID", pid, StringComparison.Ordinal), id);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Middleware_runs_again_unless_it_is_told_not_to(bool skips)
    {
        var isBanned = false;
        await using var server = await StartAsync(
            io => io.Use(_ => isBanned ? new ConnectError("banned") : null),
            options => options.ConnectionStateRecovery = new() { SkipMiddlewares = skips });
        var (client, id, pid) = await OpenAsync(server, "websocket");
        await LoseAsync(server, client);
        isBanned = true;

        await using var back = await server.OpenAsync("websocket");
        await back.SendAsync($"40{{\"pid\":\"{pid}\"}}");

        Assert.Equal(skips ? $"40{{\"sid\":\"{id}\",\"pid\":\"{pid}\"}}" : "44{\"message\":\"banned\"}", await back.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Who_missed_more_than_is_kept_is_a_new_client(string transport)
    {
        await using var server = await StartAsync(configure: options => options.ConnectionStateRecovery = new() { MaxLogBytes = 10_000 });
        var (client, id, pid) = await OpenAsync(server, transport);
        await LoseAsync(server, client);

        for (var i = 0; i < 20; i++)
        {
            await server.IO.EmitAsync("large", new string('x', 1000));
        }

        await AssertFreshAsync(server, transport, $"{{\"pid\":\"{pid}\"}}", id);
    }

    [Fact]
    public async Task Those_who_left_first_are_forgotten_when_too_many_are_away()
    {
        await using var server = await StartAsync(configure: options => options.ConnectionStateRecovery = new() { MaxSessions = 2 });
        var left = new List<(string Id, string Pid)>();

        for (var i = 0; i < 3; i++)
        {
            var (client, id, pid) = await OpenAsync(server, "websocket");
            left.Add((id, pid));
            await LoseAsync(server, client);
        }

        await using var back = await server.OpenAsync("websocket");
        await back.SendAsync($"40{{\"pid\":\"{left[1].Pid}\"}}");
        Assert.StartsWith($"40{{\"sid\":\"{left[1].Id}\"", await back.ReceiveAsync());
        await AssertFreshAsync(server, "websocket", $"{{\"pid\":\"{left[0].Pid}\"}}", left[0].Id);
    }

    [Fact]
    public async Task Nothing_is_lost_or_repeated_while_many_emit_and_the_client_comes_and_goes()
    {
        await using var server = await StartAsync();
        var (client, _, pid) = await OpenAsync(server, "websocket");
        var received = new List<int>();
        string? offset = null;
        var emitting = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                await server.IO.EmitAsync("event", (worker * 500) + i);
                await Task.Yield();
            }
        })));

        for (var round = 0; received.Count < 2000; round++)
        {
            for (var i = 0; i < 97 && received.Count < 2000; i++)
            {
                var packet = (await client.ReceiveAsync())!;

                if (packet.StartsWith("42", StringComparison.Ordinal))
                {
                    received.Add(JsonDocument.Parse(packet[2..]).RootElement[1].GetInt32());
                    offset = OffsetOf(packet);
                }
            }

            // Without waiting until the server has noticed.
            await client.DisposeAsync();
            client = await server.OpenAsync("websocket");
            await client.SendAsync($"40{{\"pid\":\"{pid}\",\"offset\":\"{offset}\"}}");
        }

        await emitting;
        Assert.Equal(Enumerable.Range(0, 2000), received.Order());
        await client.DisposeAsync();
    }

    private static Task<SocketServer> StartAsync(Action<SocketIOServer>? add = null, Action<SocketIOOptions>? configure = null, TimeProvider? time = null) =>
        SocketServer.StartAsync(add, configure ?? (options => options.ConnectionStateRecovery = new()), time);

    private static async Task<(RawClient Client, string Id, string Pid)> OpenAsync(SocketServer server, string transport)
    {
        var client = await server.OpenAsync(transport);
        await client.SendAsync("40");
        var greeting = JsonDocument.Parse((await client.ReceiveAsync())![2..]).RootElement;
        var (id, pid) = (greeting.GetProperty("sid").GetString()!, greeting.GetProperty("pid").GetString()!);
        Assert.NotEqual(id, pid);
        return (client, id, pid);
    }

    private static async Task LoseAsync(SocketServer server, RawClient client)
    {
        var clients = server.IO.Engine.ClientsCount;
        await client.SendAsync("1");
        await Eventually.Async("the connection is lost", () => server.IO.Engine.ClientsCount == clients - 1 && server.IO.Sockets.Sockets.Count == clients - 1);
        await client.DisposeAsync();
    }

    private static async Task AssertFreshAsync(SocketServer server, string transport, string auth, string id)
    {
        await using var client = await server.OpenAsync(transport);
        await client.SendAsync("40" + auth);
        var greeting = (await client.ReceiveAsync())!;

        Assert.StartsWith("40{\"sid\":", greeting);
        Assert.DoesNotContain(id, greeting);
        Assert.False(server.LastSocket().Recovered);
    }

    private static string OffsetOf(string? packet)
    {
        var arguments = JsonDocument.Parse(packet![packet!.IndexOf('[', StringComparison.Ordinal)..]).RootElement;
        return arguments[arguments.GetArrayLength() - 1].GetString()!;
    }

    private static string IdOf(string? packet) => packet![2..packet!.IndexOf('[', StringComparison.Ordinal)];
}
