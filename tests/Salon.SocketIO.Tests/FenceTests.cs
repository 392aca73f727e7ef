using System.Buffers;
using System.Text.Json;
using System.Threading.RateLimiting;
using Salon.SocketIO.Protocol;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Code of the application that throws: the call has its own result, and neither the socket nor anybody else notices.</summary>
public class FenceTests
{
    [Theory]
    [EachTransport]
    public async Task A_limiter_of_events_that_throws_refuses_the_event_and_the_next_is_asked_about_again(string transport)
    {
        using var limiter = new Limiter<Socket>();
        await using var server = await SocketServer.StartAsync(configure: options => options.EventLimiter = limiter);
        using var counted = new CounterWatcher(server, "salon.socketio.calls.failed");
        server.Logs.Expect("EventLimiter failed");
        await using var client = await server.ConnectAsync(transport);

        limiter.Throws = true;
        await client.SendAsync("421[\"message-with-ack\",1]");
        Assert.Equal("internal_error", CodeOf(await client.ReceiveAsync()));
        await client.SendAsync("42[\"message-with-ack\",1]");
        await Eventually.Async("the second was refused too", () => counted.Sum == 2);

        limiter.Throws = false;
        await client.SendAsync("422[\"message-with-ack\",2]");
        Assert.Equal("432[2]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_limiter_of_connections_that_throws_refuses_and_leaves_nothing(string transport)
    {
        using var limiter = new Limiter<Handshake> { Throws = true };
        await using var server = await SocketServer.StartAsync(
            io => io.Of(new System.Text.RegularExpressions.Regex("^/game-")),
            options => options.ConnectLimiter = limiter);
        server.Logs.Expect("could not be let into /game-1");
        await using var client = await server.OpenAsync(transport);

        await client.SendAsync("40/game-1,");
        Assert.Equal("44/game-1,{\"message\":\"Internal error\"}", await client.ReceiveAsync());
        await Eventually.Async("the namespace is not counted as used", () => server.IO.Namespaces.All(static space => space.Name != "/game-1"));

        limiter.Throws = false;
        await client.SendAsync("40/game-1,");
        Assert.StartsWith("40/game-1,{\"sid\":", await client.ReceiveAsync());
    }

    [Theory]
    [InlineData("polling", "AddAsync")]
    [InlineData("polling", "AddAsync later")]
    [InlineData("websocket", "AddAsync")]
    [InlineData("websocket", "AddAsync later")]
    public async Task An_adapter_that_throws_at_joining_refuses_and_leaves_nothing(string transport, string failing)
    {
        await using var server = await StartWithAdapterAsync();
        server.Logs.Expect("could not be let into /game-1");
        await using var client = await server.OpenAsync(transport);

        Adapter.Failing = failing;
        await client.SendAsync("40/game-1,");
        Assert.Equal("44/game-1,{\"message\":\"Internal error\"}", await client.ReceiveAsync());
        Adapter.Failing = null;
        await Eventually.Async("the namespace is not counted as used", () => server.IO.Namespaces.All(static space => space.Name != "/game-1"));

        await client.SendAsync("40/game-1,");
        Assert.StartsWith("40/game-1,{\"sid\":", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task An_adapter_that_throws_while_a_socket_leaves_keeps_nobody_from_hearing_of_it(string transport)
    {
        var left = new List<DisconnectReason>();
        await using var server = await StartWithAdapterAsync(io => io.OnConnection(socket => socket.OnDisconnect(left.Add)));
        server.Logs.Expect("could not be taken out of the rooms");
        await using var client = await server.ConnectAsync(transport);

        Adapter.Failing = "RemoveAsync";
        await client.SendAsync("41");

        await Eventually.Async("the end was told", () => left.Count == 1);
        Adapter.Failing = null;
        await server.AssertServesAsync();
    }

    [Theory]
    [EachTransport]
    public async Task An_adapter_that_throws_at_an_answer_costs_nobody_the_connection(string transport)
    {
        await using var server = await StartWithAdapterAsync();
        server.Logs.Expect("OnAck failed");
        await using var client = await server.ConnectAsync(transport);

        Adapter.Failing = "OnAck";
        await client.SendAsync("4399[]", "421[\"message-with-ack\"]");

        Assert.Equal("431[]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Who_watches_rooms_may_throw_and_the_others_hear_of_it(string transport)
    {
        var heard = new List<string>();
        await using var server = await SocketServer.StartAsync(io =>
        {
            io.Sockets.Adapter.RoomCreated += static _ => throw new InvalidOperationException();
            io.Sockets.Adapter.RoomJoined += static (_, _) => throw new InvalidOperationException();
            io.Sockets.Adapter.RoomLeft += static (_, _) => throw new InvalidOperationException();
            io.Sockets.Adapter.RoomDeleted += static _ => throw new InvalidOperationException();
            io.Sockets.Adapter.RoomCreated += room => heard.Add($"created {room}");
            io.Sockets.Adapter.RoomJoined += (room, _) => heard.Add($"joined {room}");
            io.Sockets.Adapter.RoomLeft += (room, _) => heard.Add($"left {room}");
            io.Sockets.Adapter.RoomDeleted += room => heard.Add($"deleted {room}");
            io.OnConnection(static socket => socket.On("join", static (string _, Ack ack) => ack.SendAsync("never")));
            io.OnConnection(static socket => socket.On("enter", async (Ack ack) =>
            {
                await socket.JoinAsync("a");
                await socket.LeaveAsync("a");
                await ack.SendAsync("done");
            }));
        });
        server.Logs.Expect("Room");
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("421[\"enter\"]");

        Assert.Equal("431[\"done\"]", await client.ReceiveAsync());
        Assert.Equal(["created a", "joined a", "left a", "deleted a"], heard);
    }

    [Theory]
    [EachTransport]
    public async Task A_decoder_of_somebody_else_that_throws_ends_that_connection_alone(string transport)
    {
        await using var server = await SocketServer.StartAsync(build: static builder => builder.AddParser(new Parser()));
        server.Logs.Expect("IPacketDecoder failed");
        await using var good = await server.OpenAsync(transport);
        await using var bad = await server.OpenAsync(transport);

        await bad.SendAsync("4throw");
        await bad.WaitUntilClosedAsync();

        Assert.Equal(1, server.IO.Engine.ClientsCount);
        await good.SendAsync("4fine");
        await Eventually.Async("the other was read", static () => Parser.Read.Contains("fine"));
    }

    [Fact]
    public async Task A_decoder_that_cannot_be_made_refuses_the_handshake()
    {
        await using var server = await SocketServer.StartAsync(build: static builder => builder.AddParser(new Parser { Makes = false }));
        server.Logs.Expect("createHandler failed");

        using var response = await server.Http.GetAsync(SocketServer.Path + "?EIO=4&transport=polling");

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal(0, server.IO.Engine.ClientsCount);
    }

    [Theory]
    [EachTransport]
    public async Task A_parser_that_cannot_write_the_greeting_closes_the_connection_and_nothing_stays(string transport)
    {
        await using var server = await SocketServer.StartAsync(build: static builder => builder.AddParser(new Parser()));
        server.Logs.Expect("failed");
        server.Logs.Expect("could not be let in");
        await using var client = await server.OpenAsync(transport);

        await client.SendAsync("4connect");

        await client.WaitUntilClosedAsync();
        await Eventually.Async("nobody is left", () => server.IO.Sockets.Sockets.Count == 0 && server.IO.Engine.ClientsCount == 0);
    }

    [Theory]
    [EachTransport]
    public async Task Handlers_of_the_end_that_throw_keep_no_other_from_being_called(string transport)
    {
        var called = 0;
        await using var server = await SocketServer.StartAsync(io => io.OnConnection(socket =>
        {
            socket.OnDisconnecting(static _ => throw new InvalidOperationException());
            socket.OnDisconnect(static _ => throw new InvalidOperationException());
            socket.OnDisconnect(async _ =>
            {
                await Task.Yield();
                throw new InvalidOperationException();
            });
            socket.OnDisconnect(_ => Interlocked.Increment(ref called));
        }));
        server.Logs.Expect("disconnection handler");
        using var counted = new CounterWatcher(server, "salon.socketio.calls.failed");
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("41");

        await Eventually.Async("all were called", () => called == 1 && counted.Sum == 3);
    }

    [Theory]
    [EachTransport]
    public async Task An_answer_whose_converter_throws_is_told_to_who_waits_for_it(string transport)
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web) { Converters = { new BrokenConverter() } };
        await using var server = await SocketServer.StartAsync(configure: options => options.JsonSerializerOptions = json);
        await using var client = await server.ConnectAsync(transport);

        var answer = server.LastSocket().EmitWithAckAsync<DateTime>("when");
        Assert.Equal("420[\"when\"]", await client.ReceiveAsync());
        await client.SendAsync("430[\"2026-01-01\"]", "421[\"message-with-ack\"]");

        Assert.Equal("431[]", await client.ReceiveAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => answer.Soon());
    }

    private static string? CodeOf(string? answer) => JsonDocument.Parse(answer![3..]).RootElement[0].GetProperty("error").GetProperty("code").GetString();

    private static Task<SocketServer> StartWithAdapterAsync(Action<SocketIOServer>? add = null)
    {
        Adapter.Failing = null;
        return SocketServer.StartAsync(
            io =>
            {
                io.Of(new System.Text.RegularExpressions.Regex("^/game-"));
                add?.Invoke(io);
            },
            build: static builder => builder.Services.DecorateAdapters(static inner => new Adapter(inner)));
    }

    private sealed class Limiter<T> : PartitionedRateLimiter<T>
    {
        private readonly PartitionedRateLimiter<T> _open = PartitionedRateLimiter.Create<T, int>(static _ => RateLimitPartition.GetNoLimiter(0));

        public bool Throws { get; set; }

        public override RateLimiterStatistics? GetStatistics(T resource) => null;

        protected override RateLimitLease AttemptAcquireCore(T resource, int permitCount) =>
            Throws ? throw new InvalidOperationException("limiter") : _open.AttemptAcquire(resource, permitCount);

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(T resource, int permitCount, CancellationToken cancellationToken) =>
            new(AttemptAcquireCore(resource, permitCount));

        protected override void Dispose(bool disposing)
        {
            _open.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class BrokenConverter : System.Text.Json.Serialization.JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new InvalidOperationException("converter");

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }

    /// <summary>Reads what it is told, and cannot write.</summary>
    private sealed class Parser : IPacketParser, IPacketDecoder
    {
        public static readonly System.Collections.Concurrent.ConcurrentBag<string> Read = [];

        public bool Makes { get; init; } = true;

        public IPacketDecoder CreateDecoder(PacketLimits limits) => Makes ? this : throw new InvalidOperationException("decoder");

        public void Encode(in PacketHeader header, ReadOnlySpan<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> attachments, IBufferWriter<byte> output) =>
            throw new InvalidOperationException("encode");

        public DecodeStatus Add(ReadOnlyMemory<byte> text, out Packet packet)
        {
            packet = new Packet(PacketType.Connect, "/", Id: null, default);
            var said = System.Text.Encoding.UTF8.GetString(text.Span);
            Read.Add(said);

            return said switch
            {
                "throw" => throw new InvalidOperationException("decode"),
                "connect" => DecodeStatus.Complete,
                _ => DecodeStatus.NeedsAttachment,
            };
        }

        public DecodeStatus AddBinary(ReadOnlySpan<byte> data, out Packet packet)
        {
            packet = default;
            return DecodeStatus.NeedsAttachment;
        }
    }

    /// <summary>An adapter of somebody else: it fails where it is told to.</summary>
    private sealed class Adapter(IAdapter inner) : IAdapter
    {
        public static volatile string? Failing;

        public event Action<string>? RoomCreated { add => inner.RoomCreated += value; remove => inner.RoomCreated -= value; }

        public event Action<string>? RoomDeleted { add => inner.RoomDeleted += value; remove => inner.RoomDeleted -= value; }

        public event Action<string, string>? RoomJoined { add => inner.RoomJoined += value; remove => inner.RoomJoined -= value; }

        public event Action<string, string>? RoomLeft { add => inner.RoomLeft += value; remove => inner.RoomLeft -= value; }

        public async ValueTask AddAsync(Socket socket)
        {
            if (Failing == "AddAsync later")
            {
                await inner.AddAsync(socket);
                await Task.Yield();
            }

            FailIf(Failing?.StartsWith("AddAsync", StringComparison.Ordinal) == true);
            await inner.AddAsync(socket);
        }

        public ValueTask JoinAsync(Socket socket, string room) => inner.JoinAsync(socket, room);

        public ValueTask LeaveAsync(Socket socket, string room) => inner.LeaveAsync(socket, room);

        public ValueTask RemoveAsync(Socket socket)
        {
            FailIf(Failing == "RemoveAsync");
            return inner.RemoveAsync(socket);
        }

        public IReadOnlySet<string> GetRooms(Socket socket) => inner.GetRooms(socket);

        public IReadOnlyCollection<Socket> GetSockets(BroadcastOptions options) => inner.GetSockets(options);

        public IReadOnlyDictionary<string, int> GetRoomCounts() => inner.GetRoomCounts();

        public ValueTask<IReadOnlyList<RemoteSocket>> FetchSocketsAsync(BroadcastOptions options) => inner.FetchSocketsAsync(options);

        public ValueTask JoinSocketsAsync(BroadcastOptions options, IReadOnlyList<string> rooms) => inner.JoinSocketsAsync(options, rooms);

        public ValueTask LeaveSocketsAsync(BroadcastOptions options, IReadOnlyList<string> rooms) => inner.LeaveSocketsAsync(options, rooms);

        public ValueTask DisconnectSocketsAsync(BroadcastOptions options, bool close) => inner.DisconnectSocketsAsync(options, close);

        public ValueTask BroadcastAsync(EncodedPacket packet, BroadcastOptions options) => inner.BroadcastAsync(packet, options);

        public Task<BroadcastAcks> BroadcastWithAckAsync(EncodedPacket packet, BroadcastOptions options, TimeSpan timeout) => inner.BroadcastWithAckAsync(packet, options, timeout);

        public ValueTask ServerSideEmitAsync(EncodedPacket packet) => inner.ServerSideEmitAsync(packet);

        public Task<BroadcastAcks> ServerSideEmitWithAckAsync(EncodedPacket packet, TimeSpan timeout) => inner.ServerSideEmitWithAckAsync(packet, timeout);

        public void OnAck(Socket socket, long id, in JsonPayload payload)
        {
            FailIf(Failing == "OnAck");
            inner.OnAck(socket, id, payload);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private static void FailIf(bool fails)
        {
            if (fails)
            {
                throw new InvalidOperationException("adapter");
            }
        }
    }
}
