using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Salon.EngineIO.EventLoops;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>Who waits for whom, how long, and how many: <see cref="SilentClients"/> by our clock, with real sockets.</summary>
[Trait("Stage", "fast")]
public sealed class SilentClientsTests : IDisposable
{
    private readonly LogWatcher _logs = new();
    private readonly ManualTimeProvider _time = new();
    private readonly EventLoopGroup _loops;
    private readonly ListeningSocket _listener = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly ConcurrentQueue<LoopSocket> _handedOver = new();
    private readonly List<Socket> _clients = [];
    private readonly List<LoopSocket> _sockets = [];
    private readonly SilentClients _silent;

    public SilentClientsTests()
    {
        _loops = new EventLoopGroup(_logs.CreateLogger("loops"));
        _silent = new SilentClients(_time, _handedOver.Enqueue, maxCount: 3);
    }

    public void Dispose()
    {
        _silent.Dispose();
        _sockets.ForEach(static socket => socket.Abort());
        _clients.ForEach(static client => client.Dispose());
        _listener.Dispose();
        _loops.Dispose();
        _logs.AssertNothingUnexpected();
    }

    [Fact]
    public async Task Each_is_handed_over_once_whatever_comes_first()
    {
        var (speaking, patient) = (Add(), Add());
        _clients[0].Send("x"u8);
        await Eventually.Async("it is handed over", () => _handedOver.Contains(speaking));
        _clients[0].Send("y"u8);
        _time.Advance(SilentClients.Patience);
        _clients[1].Send("z"u8);
        _clients[1].Shutdown(SocketShutdown.Send);
        _time.Advance(SilentClients.Patience);

        var read = new byte[2];
        await speaking.ReadExactlyAsync(read).AsTask().Soon();
        Assert.Equal("xy"u8.ToArray(), read);
        Assert.Equal(1, await patient.ReadAsync(read).AsTask().Soon());
        Assert.Equal(0, await patient.ReadAsync(read).AsTask().Soon());

        // Now all events have been seen.
        Assert.Equal([speaking, patient], _handedOver);
        Assert.Equal(0, _silent.Count);
    }

    [Fact]
    public void What_has_come_before_is_seen()
    {
        var socket = Accept();
        _clients[0].Send("x"u8);
        Assert.True(_clients[0].Poll(0, SelectMode.SelectWrite));
        SpinWait.SpinUntil(() => socket.TryRead(new byte[1], out var count) && count == 1, TimeSpan.FromSeconds(10));
        socket.CancelRead();

        _silent.Add(socket);

        Assert.Equal([socket], _handedOver);
    }

    [Fact]
    public void When_they_are_too_many_the_oldest_is_handed_over()
    {
        var sockets = Enumerable.Range(0, 5).Select(_ => Add()).ToList();

        Assert.Equal(3, _silent.Count);
        Assert.Equal(sockets[..2], _handedOver);
    }

    [Fact]
    public void Each_waits_as_long_as_the_others_also_after_nobody_has_waited()
    {
        for (var i = 0; i < 3; i++)
        {
            var first = Add();
            _time.Advance(TimeSpan.FromSeconds(6));
            var second = Add();
            _time.Advance(TimeSpan.FromSeconds(4));
            Assert.Equal([first], _handedOver);
            _time.Advance(TimeSpan.FromSeconds(6));
            Assert.Equal([first, second], _handedOver);
            _handedOver.Clear();
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task After_the_end_none_is_kept()
    {
        Add();
        _silent.Dispose();
        _silent.Dispose();
        Add();

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(_handedOver);
        Assert.Equal(0, _silent.Count);
        Assert.Equal(0, await _clients[0].ReceiveAsync(new byte[1]).Soon());
        Assert.Equal(0, await _clients[1].ReceiveAsync(new byte[1]).Soon());
    }

    private LoopSocket Add()
    {
        var socket = Accept();
        _silent.Add(socket);
        return socket;
    }

    private LoopSocket Accept()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _clients.Add(client);
        client.Connect(_listener.EndPoint);
        SocketHandle? handle = null;

        // The client knows of its connection a moment before the listener does.
        Assert.True(SpinWait.SpinUntil(() => (handle = _listener.TryAccept(out _, out _)) is not null, Eventually.Patience));
        var socket = new LoopSocket(handle!, _loops.Next());
        _sockets.Add(socket);
        return socket;
    }
}
