using System.Buffers;
using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Salon.SocketIO.Protocol;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>What one client can make the server keep, and what it sees at each limit.</summary>
public class LimitTests
{
    private const string Beginning = "452-[\"message-with-ack\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]";

    [Theory]
    [EachTransport]
    public async Task Half_a_packet_holds_no_more_than_the_limit(string transport)
    {
        await using var server = await SocketServer.StartAsync(configure: static options => (options.MaxHttpBufferSize, options.MaxAttachmentBytes) = (40_000, 50_000));
        await using var client = await server.ConnectAsync(transport);
        var socket = server.LastSocket();

        await client.SendAsync(Beginning);
        await client.SendBinaryAsync(new byte[25_000]);
        await Eventually.Async("half of the packet is there", () => socket.PendingBytes > 25_000);
        Assert.InRange(socket.PendingBytes, 25_000, 26_000);
        await client.SendBinaryAsync(new byte[25_001]);

        await client.WaitUntilClosedAsync();
        Assert.InRange(socket.PendingBytes, 0, 26_000);
        await server.AssertServesAsync();
    }

    [Theory]
    [EachTransport]
    public async Task One_attachment_may_be_as_large_as_any_message(string transport)
    {
        await using var server = await SocketServer.StartAsync(configure: static options => (options.MaxHttpBufferSize, options.MaxAttachmentBytes) = (100_000, 0));
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("451-1[\"message-with-ack\",{\"_placeholder\":true,\"num\":0}]");
        await client.SendBinaryAsync(new byte[70_000]);

        Assert.Equal("461-1[{\"_placeholder\":true,\"num\":0}]", await client.ReceiveAsync());
        Assert.Equal("b" + Convert.ToBase64String(new byte[70_000]), await client.ReceiveAsync());
        Assert.Equal(0, server.LastSocket().PendingBytes);
    }

    [Theory]
    [EachTransport]
    public async Task Half_a_packet_does_not_wait_for_ever(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await SocketServer.StartAsync(
            configure: static options => (options.PingInterval, options.AttachmentTimeout) = (TimeSpan.FromHours(1), TimeSpan.FromSeconds(30)),
            time: time);
        await using var client = await server.ConnectAsync(transport);
        await using var patient = await server.ConnectAsync(transport);
        var sockets = server.IO.Sockets.Sockets.Values.ToArray();

        // Each packet has its own time.
        await patient.SendAsync(Beginning);
        await Eventually.Async("the packet is there", () => sockets.Any(static socket => socket.PendingBytes > 0));
        time.Advance(TimeSpan.FromSeconds(20));
        await patient.SendBinaryAsync([]);
        await patient.SendBinaryAsync([]);
        await Eventually.Async("the packet is complete", () => sockets.All(static socket => socket.PendingBytes == 0));
        await patient.SendAsync(Beginning);
        await client.SendAsync(Beginning);
        await Eventually.Async("both packets are there", () => sockets.All(static socket => socket.PendingBytes > 0));
        time.Advance(TimeSpan.FromSeconds(20));
        await patient.SendBinaryAsync([]);
        await patient.SendBinaryAsync([]);
        await Eventually.Async("one packet is complete", () => sockets.Count(static socket => socket.PendingBytes == 0) == 1);
        time.Advance(TimeSpan.FromSeconds(11));

        await client.WaitUntilClosedAsync();
        Assert.Single(server.IO.Sockets.Sockets);
        await patient.SendAsync("421[\"message-with-ack\"]");
        Assert.Equal("431[]", await patient.ReceiveAsync());
    }

    [Theory]
    [InlineData("polling", "452-/custom,[\"message\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]")]
    [InlineData("websocket", "452-/custom,[\"message\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]")]
    [InlineData("polling", "461-/nowhere,1[{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("websocket", "461-/nowhere,1[{\"_placeholder\":true,\"num\":0}]")]
    public async Task Nothing_is_kept_for_a_namespace_that_was_never_joined(string transport, string packet)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        // No attachment is sent: the packet itself is too much.
        await client.SendAsync(packet);

        await client.WaitUntilClosedAsync();
        await server.AssertServesAsync();
    }

    [Theory]
    [EachTransport]
    public async Task A_packet_with_attachments_for_a_namespace_that_was_just_left_is_ignored(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);
        await client.SendAsync("40/custom,");
        await client.ReceiveAsync();

        await client.SendAsync("41/custom,", "451-/custom,[\"message\",{\"_placeholder\":true,\"num\":0}]");
        await client.SendBinaryAsync([1]);
        await client.SendAsync("421[\"message-with-ack\"]");

        Assert.Equal("431[]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Too_much_auth_is_refused_before_anybody_sees_it_and_the_connection_lives(string transport)
    {
        var asked = 0;
        await using var server = await SocketServer.StartAsync(io => io.Of("/custom").Use(_ =>
        {
            asked++;
            return (ConnectError?)null;
        }));
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync($"40/custom,{{\"t\":\"{new string('x', (16 * 1024) - 7)}\"}}");
        Assert.Equal("44/custom,{\"message\":\"Auth payload too large\",\"data\":{\"code\":\"auth_too_large\"}}", await client.ReceiveAsync());
        Assert.Equal(0, asked);
        await client.SendAsync($"40/custom,{{\"t\":\"{new string('x', (16 * 1024) - 8)}\"}}");
        Assert.StartsWith("40/custom,{\"sid\":", await client.ReceiveAsync());
        await server.AssertServesAsync();
    }

    [Theory]
    [EachTransport]
    public async Task The_name_of_a_namespace_has_at_most_200_bytes(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);
        var longest = "/" + new string('a', 199);

        await client.SendAsync($"40{longest},");
        Assert.Equal($"44{longest},{{\"message\":\"Invalid namespace\"}}", await client.ReceiveAsync());
        await client.SendAsync($"40{longest}a,");

        await client.WaitUntilClosedAsync();
        await server.AssertServesAsync();
    }

    [Theory]
    [EachTransport]
    public async Task A_client_is_in_so_many_namespaces_and_in_another_when_it_leaves_one(string transport)
    {
        await using var server = await SocketServer.StartAsync(io => io.Of(new Regex("^/game-")), static options => options.MaxNamespacesPerClient = 3);
        await using var client = await server.ConnectAsync(transport);

        foreach (var name in new[] { "/custom", "/game-1" })
        {
            await client.SendAsync($"40{name},");
            Assert.StartsWith($"40{name},{{\"sid\":", await client.ReceiveAsync());
        }

        foreach (var name in new[] { "/game-2", "/nowhere" })
        {
            await client.SendAsync($"40{name},");
            Assert.Equal($"44{name},{{\"message\":\"Too many namespaces\",\"data\":{{\"code\":\"too_many_namespaces\"}}}}", await client.ReceiveAsync());
        }

        await client.SendAsync("41/custom,", "40/game-2,");
        Assert.StartsWith("40/game-2,{\"sid\":", await client.ReceiveAsync());
        Assert.Equal(["/", "/custom", "/game-1", "/game-2"], server.IO.Namespaces.Select(static space => space.Name).Order());
    }

    [Theory]
    [InlineData("polling", 2, 100)]
    [InlineData("websocket", 2, 100)]
    [InlineData("polling", 100, 2)]
    [InlineData("websocket", 100, 2)]
    public async Task Clients_make_so_many_namespaces_in_total_and_of_one_address(string transport, int total, int ofAddress)
    {
        await using var server = await SocketServer.StartAsync(
            io =>
            {
                io.Of(new Regex("^/game-"));
                io.Of("/game-of-the-program");
            },
            options => (options.MaxChildNamespaces, options.MaxChildNamespacesPerAddress) = (total, ofAddress));
        await using var first = await server.ConnectAsync(transport, "/game-1");
        await using var second = await server.ConnectAsync(transport, "/game-2");
        await using var third = await server.OpenAsync(transport);

        // What is there can be joined; what the program made is not counted.
        await third.SendAsync("40/game-3,", "40/game-1,", "40/game-of-the-program,");
        Assert.Equal("44/game-3,{\"message\":\"Too many namespaces\",\"data\":{\"code\":\"too_many_namespaces\"}}", await third.ReceiveAsync());
        Assert.StartsWith("40/game-1,{\"sid\":", await third.ReceiveAsync());
        Assert.StartsWith("40/game-of-the-program,{\"sid\":", await third.ReceiveAsync());
        Assert.DoesNotContain(server.IO.Namespaces, static space => space.Name == "/game-3");

        // The place is free again when its last client has left.
        await second.SendAsync("41/game-2,", "40/game-3,");
        Assert.StartsWith("40/game-3,{\"sid\":", await second.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_handler_that_puts_a_socket_into_too_many_rooms_is_answered_so(string transport)
    {
        await using var server = await SocketServer.StartAsync(
            static io => io.OnConnection(static socket =>
            {
                socket.On("join", async (string room, Ack ack) =>
                {
                    await socket.JoinAsync(room);
                    await ack.SendAsync("ok");
                });
                socket.On("leave", async (string room, Ack ack) =>
                {
                    await socket.LeaveAsync(room);
                    await ack.SendAsync("ok");
                });
            }),
            static options => options.MaxRoomsPerSocket = 3);
        await using var client = await server.ConnectAsync(transport);

        foreach (var (request, answer) in new[]
        {
            ("join\",\"a", "\"ok\""),
            ("join\",\"a", "\"ok\""),
            ("join\",\"" + new string('b', 300), "\"ok\""),
            ("join\",\"c", "{\"ok\":false,\"error\":{\"code\":\"too_many_rooms\",\"message\":\"The socket is in as many rooms as it may be.\"}}"),
            ("leave\",\"a", "\"ok\""),
            ("join\",\"c", "\"ok\""),
        })
        {
            await client.SendAsync($"421[\"{request}\"]");
            Assert.Equal($"431[{answer}]", await client.ReceiveAsync());
        }

        // Of many, those join that can.
        await using var other = await server.ConnectAsync(transport);
        server.Logs.Expect("could not be put into a room");
        await server.IO.SocketsJoinAsync("d");
        Assert.Single(server.IO.Sockets.Adapter.GetSockets(new BroadcastOptions { Rooms = ["d"] }));
    }

    [Theory]
    [EachTransport]
    public async Task Whole_numbers_may_come_with_a_point_and_NaN_goes_as_null(string transport)
    {
        await using var server = await SocketServer.StartAsync(static io => io.OnConnection(static socket =>
        {
            socket.On("add", (int a, long b, Ack ack) => ack.SendAsync(new { Sum = a + b, Mean = double.NaN, More = new[] { float.PositiveInfinity, 1.5f } }));
            socket.On("tell", () => socket.EmitAsync("told", double.NegativeInfinity, new[] { Half.NaN }));
            socket.On("tell all", () => socket.Namespace.EmitAsync("told all", double.NaN));
        }));
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("421[\"add\",1.0,2e1]", "42[\"tell\"]", "42[\"tell all\"]", "422[\"add\",1.5,2]");

        Assert.Equal("431[{\"sum\":21,\"mean\":null,\"more\":[null,1.5]}]", await client.ReceiveAsync());
        Assert.Equal("42[\"told\",null,[null]]", await client.ReceiveAsync());
        Assert.Equal("42[\"told all\",null]", await client.ReceiveAsync());
        Assert.Contains("invalid_argument", await client.ReceiveAsync());
    }

    [Fact]
    public async Task Another_parser_gets_the_same_limits()
    {
        var parser = new Recorder();
        await using var server = await SocketServer.StartAsync(
            configure: static options =>
            {
                options.AllowEIO3 = true;
                (options.MaxAttachments, options.MaxAttachmentBytes, options.MaxHttpBufferSize, options.MaxAuthBytes) = (3, 5000, 4000, 100);
            },
            build: builder => builder.AddParser(parser));

        await using var client = await server.OpenAsync("websocket");

        Assert.Equal(new PacketLimits { MaxAttachments = 3, MaxAttachmentBytes = 5000, MaxNamespaceBytes = 200 }, Assert.Single(parser.Limits));
    }

    private sealed class Recorder : IPacketParser
    {
        public ConcurrentQueue<PacketLimits> Limits { get; } = new();

        public IPacketDecoder CreateDecoder(PacketLimits limits)
        {
            Limits.Enqueue(limits);
            return new PacketDecoder(limits);
        }

        public void Encode(in PacketHeader header, ReadOnlySpan<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> attachments, IBufferWriter<byte> output)
        {
        }
    }
}
