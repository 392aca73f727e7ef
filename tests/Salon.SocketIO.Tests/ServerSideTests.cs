using System.Collections.Concurrent;
using Salon.SocketIO.Adapters;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Tests;

/// <summary>Events from server to server. The cluster is two servers in one process, joined by an adapter.</summary>
public class ServerSideTests
{
    [Fact]
    public async Task An_event_reaches_the_other_servers_and_not_this_one()
    {
        var heard = new ConcurrentQueue<string>();
        var cluster = new Cluster();
        await using var a = await StartAsync(cluster);
        await using var b = await StartAsync(cluster);
        a.IO.Of("/x").Servers.On("hello", arguments => { heard.Enqueue($"a {arguments.Get<int>(0)}"); return Task.CompletedTask; });
        b.IO.Of("/x").Servers.On("hello", arguments => { heard.Enqueue($"b {arguments.Get<int>(0)} {arguments.Get<byte[]>(1)!.Length}"); return Task.CompletedTask; });
        b.IO.Of("/y").Servers.On("hello", _ => { heard.Enqueue("y"); return Task.CompletedTask; });

        await a.IO.Of("/x").Servers.EmitAsync("hello", 7, new byte[3]);

        Assert.Equal(["b 7 3"], heard);
    }

    [Fact]
    public async Task Answers_are_collected()
    {
        var cluster = new Cluster();
        await using var a = await StartAsync(cluster);
        await using var b = await StartAsync(cluster);
        await using var c = await StartAsync(cluster);
        b.IO.Sockets.Servers.On("count", static _ => Task.FromResult(1));
        b.IO.Sockets.Servers.On("count", static _ => Task.FromResult(99));
        c.IO.Sockets.Servers.On("count", static _ => Task.FromResult(2));

        var answers = await a.IO.Sockets.Servers.EmitWithAckAsync<int>("count");

        Assert.Equal([1, 2], answers.Order());
        Assert.True(answers.IsComplete);
    }

    [Fact]
    public async Task Who_does_not_answer_or_fails_is_missing_and_told_in_the_log()
    {
        var cluster = new Cluster();
        await using var a = await StartAsync(cluster);
        await using var b = await StartAsync(cluster);
        b.Logs.Expect("count");
        var handler = b.IO.Sockets.Servers.On<int>("count", static _ => throw new InvalidOperationException());

        Assert.False((await a.IO.Sockets.Servers.EmitWithAckAsync<int>("count")).IsComplete);

        handler.Dispose();
        b.IO.Sockets.Servers.On("count", static _ => Task.CompletedTask);
        Assert.Empty(await a.IO.Sockets.Servers.EmitWithAckAsync<int>("count"));
    }

    [Fact]
    public async Task Alone_there_is_nobody_to_answer()
    {
        await using var server = await SocketServer.StartAsync();
        server.IO.Sockets.Servers.On("count", static _ => Task.FromResult(1));

        await server.IO.Sockets.Servers.EmitAsync("count");
        var answers = await server.IO.Sockets.Servers.EmitWithAckAsync<int>("count");

        Assert.Empty(answers);
        Assert.True(answers.IsComplete);
    }

    [Theory]
    [InlineData("")]
    [InlineData("connect")]
    [InlineData("connection")]
    [InlineData("new_namespace")]
    public async Task Some_names_are_reserved(string name)
    {
        await using var server = await SocketServer.StartAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => server.IO.Sockets.Servers.EmitAsync(name));
        Assert.Throws<ArgumentException>(() => server.IO.Sockets.Servers.On(name, static _ => Task.CompletedTask));
    }

    private static Task<SocketServer> StartAsync(Cluster cluster) =>
        SocketServer.StartAsync(build: builder => builder.Services.AddAdapters(space => new JoinedAdapter(space, cluster)));

    private sealed class Cluster : ConcurrentDictionary<JoinedAdapter, Namespace>;

    /// <summary>Delivers locally, and hands servers' events to the other adapters of its namespace's name.</summary>
    private sealed class JoinedAdapter : IAdapter
    {
        private readonly LocalAdapter _local;
        private readonly Namespace _space;
        private readonly Cluster _cluster;

        public JoinedAdapter(Namespace space, Cluster cluster)
        {
            (_local, _space, _cluster) = (new LocalAdapter(space), space, cluster);
            cluster[this] = space;
        }

        public event Action<string>? RoomCreated { add => _local.RoomCreated += value; remove => _local.RoomCreated -= value; }

        public event Action<string>? RoomDeleted { add => _local.RoomDeleted += value; remove => _local.RoomDeleted -= value; }

        public event Action<string, string>? RoomJoined { add => _local.RoomJoined += value; remove => _local.RoomJoined -= value; }

        public event Action<string, string>? RoomLeft { add => _local.RoomLeft += value; remove => _local.RoomLeft -= value; }

        private IEnumerable<Namespace> Others => _cluster.Where(other => other.Key != this && other.Value.Name == _space.Name).Select(static other => other.Value);

        public async ValueTask ServerSideEmitAsync(EncodedPacket packet)
        {
            foreach (var other in Others)
            {
                var (name, arguments) = Read(packet, other);
                Assert.Null(await other.Servers.ReceiveAsync(name, arguments));
            }
        }

        public async Task<BroadcastAcks> ServerSideEmitWithAckAsync(EncodedPacket packet, TimeSpan timeout)
        {
            var answers = new List<RawJson>();
            var others = Others.ToList();

            foreach (var other in others)
            {
                var (name, arguments) = Read(packet, other);

                if (await other.Servers.ReceiveAsync(name, arguments) is { } answer)
                {
                    answers.Add(answer);
                }
            }

            return new BroadcastAcks(answers, others.Count);
        }

        public ValueTask AddAsync(Socket socket) => _local.AddAsync(socket);

        public ValueTask JoinAsync(Socket socket, string room) => _local.JoinAsync(socket, room);

        public ValueTask LeaveAsync(Socket socket, string room) => _local.LeaveAsync(socket, room);

        public ValueTask RemoveAsync(Socket socket) => _local.RemoveAsync(socket);

        public IReadOnlySet<string> GetRooms(Socket socket) => _local.GetRooms(socket);

        public IReadOnlyCollection<Socket> GetSockets(BroadcastOptions options) => _local.GetSockets(options);

        public IReadOnlyDictionary<string, int> GetRoomCounts() => _local.GetRoomCounts();

        public ValueTask<IReadOnlyList<RemoteSocket>> FetchSocketsAsync(BroadcastOptions options) => _local.FetchSocketsAsync(options);

        public ValueTask JoinSocketsAsync(BroadcastOptions options, IReadOnlyList<string> rooms) => _local.JoinSocketsAsync(options, rooms);

        public ValueTask LeaveSocketsAsync(BroadcastOptions options, IReadOnlyList<string> rooms) => _local.LeaveSocketsAsync(options, rooms);

        public ValueTask DisconnectSocketsAsync(BroadcastOptions options, bool close) => _local.DisconnectSocketsAsync(options, close);

        public ValueTask BroadcastAsync(EncodedPacket packet, BroadcastOptions options) => _local.BroadcastAsync(packet, options);

        public Task<BroadcastAcks> BroadcastWithAckAsync(EncodedPacket packet, BroadcastOptions options, TimeSpan timeout) =>
            _local.BroadcastWithAckAsync(packet, options, timeout);

        public void OnAck(Socket socket, long id, in JsonPayload payload) => _local.OnAck(socket, id, payload);

        public ValueTask DisposeAsync()
        {
            _cluster.TryRemove(this, out _);
            return _local.DisposeAsync();
        }

        private static (string Name, EventArguments Arguments) Read(EncodedPacket packet, Namespace other) => packet.ReadEvent(other.Server.Codec);
    }
}
