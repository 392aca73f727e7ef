using System.Text.Json;
using Salon.EngineIO;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Joining and leaving namespaces: Socket.IO v5, "Connection to a namespace" and "Disconnection from a namespace".</summary>
public class ConnectTests
{
    [Theory]
    [EachTransport]
    public async Task The_main_namespace_is_joined_by_asking(string transport)
    {
        await using var server = await SocketServer.StartAsync(EmitAuth);
        await using var client = await server.OpenAsync(transport);

        await client.SendAsync("40");

        var greeting = JsonDocument.Parse((await client.ReceiveAsync())![2..]).RootElement;
        Assert.Equal("sid", Assert.Single(greeting.EnumerateObject()).Name);
        Assert.Matches("^[A-Za-z0-9_-]{20}$", greeting.GetProperty("sid").GetString());
        Assert.NotEqual(client.SessionId, greeting.GetProperty("sid").GetString());
        Assert.Equal("""42["auth",{}]""", await client.ReceiveAsync());
    }

    [Theory]
    [InlineData("polling", "/", "40{\"token\":\"123\"}", "42[\"auth\",{\"token\":\"123\"}]")]
    [InlineData("websocket", "/", "40{\"token\":\"123\"}", "42[\"auth\",{\"token\":\"123\"}]")]
    [InlineData("polling", "/custom", "40/custom,", "42/custom,[\"auth\",{}]")]
    [InlineData("websocket", "/custom", "40/custom,", "42/custom,[\"auth\",{}]")]
    [InlineData("polling", "/custom", "40/custom,{\"token\":\"abc\"}", "42/custom,[\"auth\",{\"token\":\"abc\"}]")]
    [InlineData("websocket", "/custom", "40/custom,{\"token\":\"abc\"}", "42/custom,[\"auth\",{\"token\":\"abc\"}]")]
    [InlineData("polling", "/custom", "40/custom", "42/custom,[\"auth\",{}]")]
    [InlineData("websocket", "/custom", "40/custom", "42/custom,[\"auth\",{}]")]
    public async Task A_namespace_is_joined_with_what_the_client_says_of_itself(string transport, string name, string packet, string answer)
    {
        await using var server = await SocketServer.StartAsync(EmitAuth);
        await using var client = await server.OpenAsync(transport);

        await client.SendAsync(packet);

        Assert.StartsWith(name == "/" ? "40{\"sid\":\"" : "40/custom,{\"sid\":\"", await client.ReceiveAsync());
        Assert.Equal(answer, await client.ReceiveAsync());
    }

    [Fact]
    public async Task What_is_emitted_as_soon_as_a_client_knows_that_it_is_connected_reaches_it()
    {
        await using var server = await SocketServer.StartAsync();

        for (var i = 0; i < 300; i++)
        {
            await using var client = await server.OpenAsync("websocket");
            await client.SendAsync("40");
            Assert.StartsWith("40{", await client.ReceiveAsync());

            await server.IO.EmitAsync("now", i);

            Assert.Equal($"42[\"now\",{i}]", await client.ReceiveAsync());
        }
    }

    [Theory]
    [EachTransport]
    public async Task A_namespace_that_does_not_exist_is_refused_and_the_connection_lives(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.OpenAsync(transport);

        await client.SendAsync("40/random");
        Assert.Equal("""44/random,{"message":"Invalid namespace"}""", await client.ReceiveAsync());

        await client.SendAsync("40/custom?token=1,");
        Assert.Equal("""44/custom?token=1,{"message":"Invalid namespace"}""", await client.ReceiveAsync());

        await client.SendAsync("40");
        Assert.StartsWith("40{\"sid\":", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_client_that_joins_nothing_is_closed_in_time(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await SocketServer.StartAsync(time: time, configure: options => options.ConnectTimeout = TimeSpan.FromSeconds(1));
        await using var joined = await server.ConnectAsync(transport);
        await using var idle = await server.OpenAsync(transport);

        time.Advance(TimeSpan.FromSeconds(1));

        await idle.WaitUntilClosedAsync();
        await joined.SendAsync("""42["message"]""");
        Assert.Equal("""42["message-back"]""", await joined.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_client_that_says_nothing_is_closed_sooner_than_one_that_tries(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await SocketServer.StartAsync(time: time);
        await using var silent = await server.OpenAsync(transport);
        await using var trying = await server.OpenAsync(transport);
        await trying.SendAsync("40/random");
        await trying.ReceiveAsync();

        time.Advance(TimeSpan.FromSeconds(10));

        await silent.WaitUntilClosedAsync();
        Assert.Equal(1, server.IO.Engine.ClientsCount);

        time.Advance(TimeSpan.FromSeconds(34));
        Assert.Equal(1, server.IO.Engine.ClientsCount);
        time.Advance(TimeSpan.FromSeconds(1));

        await trying.WaitUntilClosedAsync();
    }

    [Theory]
    [EachTransport]
    public async Task A_client_that_was_only_refused_is_closed_in_time_too(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await SocketServer.StartAsync(time: time, configure: options => options.ConnectTimeout = TimeSpan.FromSeconds(1));
        await using var client = await server.OpenAsync(transport);
        await client.SendAsync("40/random");
        await client.ReceiveAsync();

        time.Advance(TimeSpan.FromSeconds(1));

        await client.WaitUntilClosedAsync();
    }

    [Theory]
    [EachTransport]
    public async Task Leaving_a_namespace_keeps_the_connection_and_the_others(string transport)
    {
        var reasons = new List<DisconnectReason>();
        await using var server = await SocketServer.StartAsync(io => io.Of("/custom").OnConnection(socket => socket.OnDisconnect(reasons.Add)));
        await using var client = await server.ConnectAsync(transport);
        await client.SendAsync("40/custom,");
        await client.ReceiveAsync();

        await client.SendAsync("41/custom,");
        await client.SendAsync("""42["message","message to main namespace"]""");

        Assert.Equal("""42["message-back","message to main namespace"]""", await client.ReceiveAsync());
        await Eventually.Async("the handler was told", () => reasons.Count == 1);
        Assert.Equal("client namespace disconnect", reasons[0].ToText());
        Assert.Empty(server.IO.Of("/custom").Sockets);
    }

    [Theory]
    [EachTransport]
    public async Task Leaving_the_last_namespace_leaves_a_connection_that_is_pinged(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await SocketServer.StartAsync(time: time, answers: false, add: io => io.OnConnection(_ => { }));
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("41");
        await Eventually.Async("the socket has left", () => server.IO.Sockets.Sockets.Count == 0);
        time.Advance(TimeSpan.FromSeconds(25));

        Assert.Equal("2", await client.ReceiveAnyAsync().Soon());
    }

    [Theory]
    [EachTransport]
    public async Task A_namespace_can_be_joined_again(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport, "/custom");
        var first = server.LastSocket("/custom").Id;

        await client.SendAsync("41/custom,");
        await client.SendAsync("40/custom,");
        Assert.StartsWith("40/custom,{\"sid\":", await client.ReceiveAsync());

        Assert.NotEqual(first, Assert.Single(server.IO.Of("/custom").Sockets).Key);
    }

    [Theory]
    [EachTransport]
    public async Task Middleware_runs_in_order_and_can_refuse_with_data(string transport)
    {
        var calls = new List<string>();
        await using var server = await SocketServer.StartAsync(answers: false, add: io =>
        {
            io.Use(async socket =>
            {
                await Task.Yield();
                calls.Add($"first {socket.Handshake.Auth}");
                return null;
            });
            io.Use(socket => socket.Handshake.Auth.TryGetProperty("token", out _) ? null : new ConnectError("not authorized", new { code = 401 }));
            io.Use(_ =>
            {
                calls.Add("third");
                return (ConnectError?)null;
            });
            io.OnConnection(_ => calls.Add("connection"));
        });
        await using var client = await server.OpenAsync(transport);

        await client.SendAsync("40");
        Assert.Equal("""44{"message":"not authorized","data":{"code":401}}""", await client.ReceiveAsync());
        Assert.Empty(server.IO.Sockets.Sockets);

        await client.SendAsync("""40{"token":1}""");
        Assert.StartsWith("40{\"sid\":", await client.ReceiveAsync());
        await Eventually.Async("the handler was called", () => calls.Count == 4);
        Assert.Equal(["first {}", "first {\"token\":1}", "third", "connection"], calls);
    }

    [Theory]
    [EachTransport]
    public async Task Middleware_that_throws_refuses_without_saying_why_and_logs(string transport)
    {
        await using var server = await SocketServer.StartAsync(answers: false, add: io => io.Use(ConnectError? (_) => throw new InvalidOperationException("secret")));
        server.Logs.Expect("middleware");
        await using var client = await server.OpenAsync(transport);

        await client.SendAsync("40");

        var answer = await client.ReceiveAsync();
        Assert.StartsWith("44{\"message\":", answer);
        Assert.DoesNotContain("secret", answer);
        Assert.Contains(server.Logs.Entries, entry => entry.Exception?.Message == "secret");
    }

    [Theory]
    [EachTransport]
    public async Task A_client_that_is_gone_before_middleware_is_done_never_connects(string transport)
    {
        var gate = new TaskCompletionSource();
        var connected = 0;
        await using var server = await SocketServer.StartAsync(answers: false, add: io =>
        {
            io.Use(async Task<ConnectError?> (_) =>
            {
                await gate.Task;
                return null;
            });
            io.OnConnection(_ => Interlocked.Increment(ref connected));
        });
        var client = await server.OpenAsync(transport);
        await client.SendAsync("40");
        await client.SendAsync("1");
        await Eventually.Async("the session has ended", () => server.IO.Engine.ClientsCount == 0);

        gate.SetResult();

        await server.StopAsync();
        Assert.Equal(0, connected);
        Assert.Empty(server.IO.Sockets.Sockets);
        await client.DisposeAsync();
    }

    [Theory]
    [EachTransport]
    public async Task The_socket_knows_its_handshake(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport, auth: """{"token":"123"}""");
        var socket = server.LastSocket();

        Assert.Equal("123", socket.Handshake.Auth.GetProperty("token").GetString());
        Assert.Equal("4", socket.Handshake.Query["EIO"]);
        Assert.Equal("127.0.0.1", socket.Handshake.Address!.ToString());
        Assert.False(socket.Handshake.XDomain);
        Assert.Equal([socket.Id], socket.Rooms);
        Assert.Equal(transport, socket.Conn.Transport.ToName());
        Assert.True(socket.Connected);
        Assert.Equal("/", socket.Namespace.Name);

        socket.Data["user"] = 7;
        Assert.Equal(7, socket.Data["user"]);
    }

    private static void EmitAuth(SocketIOServer io)
    {
        foreach (var name in new[] { "/", "/custom" })
        {
            io.Of(name).OnConnection(socket => socket.EmitAsync("auth", socket.Handshake.Auth));
        }
    }
}
