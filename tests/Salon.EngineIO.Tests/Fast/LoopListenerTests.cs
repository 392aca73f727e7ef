using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Salon.EngineIO.EventLoops;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>
/// Connections from their acceptance to their end, without Kestrel: <see cref="LoopListener"/>, <see cref="LoopConnection"/>,
/// <see cref="ListeningSocket"/>, <see cref="SilentClients"/>, <see cref="EventLoopGroup"/> and <see cref="SocketTraffic"/>, over loopback. What goes wrong on Linux alone is looked at there alone.
/// </summary>
[Trait("Stage", "fast")]
public sealed class LoopListenerTests : IAsyncLifetime
{
    private readonly LogWatcher _logs = new();
    private readonly ManualTimeProvider _time = new();
    private readonly KestrelServerLimits _limits = new();
    private readonly EventLoopGroup _loops;
    private readonly LoopListener _listener;
    private readonly List<Socket> _clients = [];

    public LoopListenerTests()
    {
        _loops = new EventLoopGroup(_logs.CreateLogger("loops"));
        _listener = Listen();
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(static client => client.Dispose());
        await _listener.DisposeAsync();
        _loops.Dispose();
        _logs.AssertNothingUnexpected();
    }

    [Fact]
    public async Task Whoever_comes_is_accepted_also_before_anybody_asked_and_is_told_apart()
    {
        var clients = Enumerable.Range(0, 20).Select(_ => SpeakAsync()).ToList();
        await Task.WhenAll(clients).Soon();
        var accepted = new List<ConnectionContext>();

        for (var i = 0; i < 20; i++)
        {
            accepted.Add(await AcceptAsync());
        }

        Assert.Equal(clients.Select(static client => client.Result.LocalEndPoint).Order(new ByPort()), accepted.Select(static connection => connection.RemoteEndPoint).Order(new ByPort()));
        Assert.All(accepted, connection => Assert.Equal(_listener.EndPoint, connection.LocalEndPoint));
        Assert.Equal(20, accepted.Select(static connection => connection.ConnectionId).Distinct().Count());

        foreach (var connection in accepted)
        {
            await connection.DisposeAsync().AsTask().Soon();
        }
    }

    [Fact]
    public async Task After_some_connections_it_is_the_turn_of_others_however_many_have_come()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => ConnectAsync())).Soon();
        var turns = new TurnsOfOthers();

        var accepting = turns.Run(() => _listener.AcceptAsync().AsTask());

        // A hundred silent ones, and not one of them for whoever accepts.
        Assert.InRange(turns.TakeAll(), 5, 7);
        Assert.False(accepting.IsCompleted);
        await _clients[50].SendAsync("x"u8.ToArray());
        await (await accepting.Soon())!.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task Who_waits_for_a_connection_is_told_that_none_comes_any_more_however_often_it_ends()
    {
        var waiting = _listener.AcceptAsync().AsTask();
        Assert.False(waiting.IsCompleted);

        await _listener.UnbindAsync();
        await _listener.UnbindAsync();

        Assert.Null(await waiting.Soon());
        Assert.Null(await _listener.AcceptAsync());
        await Assert.ThrowsAnyAsync<SocketException>(ConnectAsync);
        await _listener.DisposeAsync().AsTask().Soon();
        await _listener.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task An_address_that_is_taken_cannot_be_listened_on_and_is_free_again_with_the_end_of_its_listener()
    {
        Assert.Throws<SocketException>(() => new LoopListener(_listener.EndPoint, new LoopOptions(_limits), _loops, _time, _logs.CreateLogger("second")));
        await _listener.UnbindAsync();

        await using var second = new LoopListener(_listener.EndPoint, new LoopOptions(_limits), _loops, _time, _logs.CreateLogger("second"));
        Assert.Equal(_listener.EndPoint, second.EndPoint);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task What_is_written_to_a_connection_leaves_without_waiting_for_more(string address)
    {
        using var listening = new ListeningSocket(new IPEndPoint(IPAddress.Parse(address), 0));
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listening.EndPoint);

        SocketHandle? handle = null;
        await Eventually.Async("the connection", () => (handle = listening.TryAccept(out _, out _)) is not null);

        using var connection = handle!;
        using var socket = new Socket(new SafeSocketHandle(connection.DangerousGetHandle(), ownsHandle: false));
        Assert.True(socket.NoDelay);
    }

    [Fact]
    public async Task What_either_side_sends_arrives_and_the_end_of_each_is_seen_by_the_other()
    {
        var (client, connection) = await OpenAsync();
        await client.SendAsync("hello"u8.ToArray());
        Assert.Equal("hello", await ReadAsync(connection));
        var large = new byte[3_000_000];
        Random.Shared.NextBytes(large);

        var writing = connection.Transport.Output.WriteAsync(large).AsTask();
        Assert.Equal(large, await ReceiveAsync(client, large.Length));
        await writing.Soon();
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal("", await ReadAsync(connection));
        await Eventually.Async("the end is told", () => connection.ConnectionClosed.IsCancellationRequested);
        await connection.Transport.Output.WriteAsync("bye"u8.ToArray());
        await connection.Transport.Output.CompleteAsync();
        Assert.Equal("bye"u8.ToArray(), await ReceiveAsync(client, 3));
        await connection.DisposeAsync().AsTask().Soon();
        await connection.DisposeAsync().AsTask().Soon();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
    }

    [Fact]
    public async Task Who_does_not_read_makes_whoever_writes_wait_and_an_abort_ends_both()
    {
        var (client, connection) = await OpenAsync();
        var writing = Task.Run(async () =>
        {
            while (!(await connection.Transport.Output.WriteAsync(new byte[100_000])).IsCompleted)
            {
            }
        });
        var reading = connection.Transport.Input.ReadAsync().AsTask();

        connection.Abort(new ConnectionAbortedException("Enough."));
        connection.Abort(new ConnectionAbortedException("Again."));

        Assert.Equal("Enough.", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading.Soon())).Message);
        await writing.Soon();
        await Eventually.Async("the end is told", () => connection.ConnectionClosed.IsCancellationRequested);
        await connection.DisposeAsync().AsTask().Soon();
        connection.Abort(new ConnectionAbortedException("Too late."));
        await Eventually.Async("the client sees it", () => IsClosed(client));
    }

    [Fact]
    public async Task A_client_that_is_reset_is_an_error_to_who_reads_and_not_an_end()
    {
        var (client, connection) = await OpenAsync();
        client.LingerState = new LingerOption(enable: true, 0);
        client.Dispose();

        await Assert.ThrowsAsync<ConnectionResetException>(async () => await connection.Transport.Input.ReadAsync().AsTask().Soon());
        await Eventually.Async("the end is told", () => connection.ConnectionClosed.IsCancellationRequested);
        await connection.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task Who_listens_to_the_end_of_a_connection_may_throw_and_nothing_else_comes_of_it()
    {
        _logs.Expect("What was to be called at the end of a connection failed");
        var (client, connection) = await OpenAsync();
        var isTold = false;
        using var other = connection.ConnectionClosed.Register(() => isTold = true);
        using var failing = connection.ConnectionClosed.Register(static () => throw new InvalidOperationException("A mistake of the application."));

        client.Dispose();

        await Eventually.Async("both are told", () => isTold && _logs.Entries.Any());
        await connection.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task A_request_takes_the_socket_with_all_that_came_early_and_leaves_a_connection_that_has_ended()
    {
        var (client, connection) = await OpenAsync();
        await client.SendAsync("GET"u8.ToArray());
        Assert.Equal("GET", await ReadAsync(connection));
        await connection.Transport.Output.WriteAsync("101"u8.ToArray());
        Assert.Equal("101"u8.ToArray(), await ReceiveAsync(client, 3));
        await client.SendAsync("early"u8.ToArray());

        var socket = (await connection.TryDetachAsync().AsTask().Soon())!;
        connection.Abort(new ConnectionAbortedException("Of no interest any more."));
        await connection.DisposeAsync().AsTask().Soon();
        await connection.DisposeAsync().AsTask().Soon();

        Assert.True(connection.ConnectionClosed.IsCancellationRequested);
        await client.SendAsync(" and late"u8.ToArray());
        Assert.Equal("early and late", await ReadAsync(socket, 14));
        await socket.WriteAsync("still here"u8.ToArray());
        Assert.Equal("still here"u8.ToArray(), await ReceiveAsync(client, 10));
        socket.Abort();
    }

    [Fact]
    public async Task A_client_that_left_before_its_WebSocket_has_none()
    {
        var (client, connection) = await OpenAsync();
        client.LingerState = new LingerOption(enable: true, 0);
        client.Dispose();
        await Eventually.Async("the end is told", () => connection.ConnectionClosed.IsCancellationRequested);

        Assert.Null(await connection.TryDetachAsync().AsTask().Soon());
        await connection.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task The_end_waits_for_connections_that_left_their_requests_however_often_it_is_asked_for()
    {
        var (_, connection) = await OpenAsync();
        var socket = (await connection.TryDetachAsync().AsTask().Soon())!;
        await connection.DisposeAsync();

        var (first, second) = (_listener.DisposeAsync().AsTask(), _listener.DisposeAsync().AsTask());
        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);
        socket.Abort();
        socket.Abort();

        // Long before it would give up.
        await Task.WhenAll(first, second).WaitAsync(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task With_the_loops_every_connection_ends_and_who_waits_for_one_is_told()
    {
        var (client, connection) = await OpenAsync();
        var (_, detached) = await OpenAsync();
        var socket = (await detached.TryDetachAsync().AsTask().Soon())!;
        var waiting = _listener.AcceptAsync().AsTask();

        _loops.Dispose();
        _loops.Dispose();

        Assert.Null(await waiting.Soon());
        await Assert.ThrowsAnyAsync<Exception>(async () => await connection.Transport.Input.ReadAsync().AsTask().Soon());
        await Assert.ThrowsAnyAsync<Exception>(async () => Assert.NotEqual(0, await socket.ReadAsync(new byte[1]).AsTask().Soon()));
        await Eventually.Async("the client sees it", () => IsClosed(client));
        await connection.DisposeAsync().AsTask().Soon();
        await detached.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task What_a_connection_has_cost_can_be_asked_for_after_its_end_if_it_was_asked_for_before()
    {
        var (client, connection) = await OpenAsync();
        var (_, unasked) = await OpenAsync();
        var traffic = connection.Features.Get<IConnectionTrafficFeature>()!;
        Assert.True(traffic.TryRead(out var before));
        await connection.Transport.Output.WriteAsync("hello"u8.ToArray());
        await ReceiveAsync(client, 5);

        await connection.DisposeAsync().AsTask().Soon();
        await unasked.DisposeAsync().AsTask().Soon();

        Assert.True(traffic.TryRead(out var last));
        Assert.True(traffic.TryRead(out var again));
        Assert.Equal((true, false), (before.IsOpen, last.IsOpen));
        Assert.Equal(last, again);
        Assert.False(unasked.Features.Get<IConnectionTrafficFeature>()!.TryRead(out _));
    }

    [Fact]
    public async Task Who_says_nothing_is_given_to_Kestrel_after_ten_seconds_and_who_speaks_at_once()
    {
        var accepting = _listener.AcceptAsync().AsTask();
        var silent = await ConnectAsync();
        await AcceptedAsync(1);
        _time.Advance(TimeSpan.FromSeconds(5));
        var speaking = await SpeakAsync();

        var first = (LoopConnection)(await accepting.Soon())!;
        Assert.Equal(speaking.LocalEndPoint, first.RemoteEndPoint);
        Assert.Equal("!", await ReadAsync(first));

        accepting = _listener.AcceptAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(accepting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = (LoopConnection)(await accepting.Soon())!;
        Assert.Equal(silent.LocalEndPoint, second.RemoteEndPoint);

        // The server may speak first, if it is patient; and what comes later is read as ever.
        await second.Transport.Output.WriteAsync("who is it?"u8.ToArray());
        Assert.Equal("who is it?"u8.ToArray(), await ReceiveAsync(silent, 10));
        await silent.SendAsync("me"u8.ToArray());
        Assert.Equal("me", await ReadAsync(second));
        await first.DisposeAsync().AsTask().Soon();
        await second.DisposeAsync().AsTask().Soon();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_leaves_without_a_word_is_closed_and_nobody_hears_of_it(bool isReset)
    {
        var accepting = _listener.AcceptAsync().AsTask();
        var leaving = await ConnectAsync();
        var other = await ConnectAsync();
        await AcceptedAsync(2);

        if (isReset)
        {
            leaving.LingerState = new LingerOption(enable: true, 0);
            leaving.Dispose();
        }
        else
        {
            leaving.Shutdown(SocketShutdown.Send);
            await Eventually.Async("it is closed", () => IsClosed(leaving));
        }

        await AcceptedAsync(1);
        Assert.False(accepting.IsCompleted);
        await other.SendAsync("x"u8.ToArray());
        var connection = (await accepting.Soon())!;
        Assert.Equal(other.LocalEndPoint, connection.RemoteEndPoint);
        await connection.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task Who_says_all_at_once_and_ends_is_heard()
    {
        var client = await ConnectAsync();
        await client.SendAsync("all"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);

        var connection = await AcceptAsync();

        Assert.Equal("all", await ReadAsync(connection));
        Assert.Equal("", await ReadAsync(connection));
        await connection.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task With_the_listener_all_that_are_silent_are_closed_and_who_has_spoken_is_still_served()
    {
        var accepting = _listener.AcceptAsync().AsTask();
        var clients = new[] { await ConnectAsync(), await ConnectAsync(), await ConnectAsync() };
        await AcceptedAsync(3);
        await clients[0].SendAsync("a"u8.ToArray());
        var first = (LoopConnection)(await accepting.Soon())!;
        await clients[1].SendAsync("b"u8.ToArray());
        await Eventually.Async("it has spoken", () => _listener.SpeakingCount == 1);

        await _listener.UnbindAsync();

        await Eventually.Async("the silent one sees it", () => IsClosed(clients[2]));
        var second = await AcceptAsync();
        Assert.Null(await _listener.AcceptAsync());
        Assert.Equal(("a", "b"), (await ReadAsync(first), await ReadAsync(second)));
        await first.DisposeAsync().AsTask().Soon();
        await second.DisposeAsync().AsTask().Soon();
        _time.Advance(TimeSpan.FromMinutes(1));
    }

    private async Task AcceptedAsync(int silent) => await Eventually.Async($"{silent} silent", () => _listener.SilentCount == silent);

    private async Task<Socket> SpeakAsync()
    {
        var client = await ConnectAsync();
        await client.SendAsync("!"u8.ToArray());
        return client;
    }

    private LoopListener Listen() => new(new IPEndPoint(IPAddress.Loopback, 0), new LoopOptions(_limits), _loops, _time, _logs.CreateLogger("listener"));

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        lock (_clients)
        {
            _clients.Add(client);
        }

        await client.ConnectAsync(_listener.EndPoint);
        return client;
    }

    private async Task<LoopConnection> AcceptAsync() => (LoopConnection)(await _listener.AcceptAsync().AsTask().Soon())!;

    private async Task<(Socket Client, LoopConnection Connection)> OpenAsync()
    {
        var client = await SpeakAsync();
        var connection = await AcceptAsync();
        Assert.Equal("!", await ReadAsync(connection));
        return (client, connection);
    }

    private static async Task<string> ReadAsync(LoopConnection connection)
    {
        var result = await connection.Transport.Input.ReadAsync().AsTask().Soon();
        var text = Encoding.ASCII.GetString(result.Buffer);
        connection.Transport.Input.AdvanceTo(result.Buffer.End);
        return text;
    }

    private static async Task<string> ReadAsync(LoopSocket socket, int length)
    {
        var buffer = new byte[length];
        await socket.ReadExactlyAsync(buffer).AsTask().Soon();
        return Encoding.ASCII.GetString(buffer);
    }

    private static async Task<byte[]> ReceiveAsync(Socket client, int length)
    {
        var buffer = new byte[length];

        for (var received = 0; received < length;)
        {
            var count = await client.ReceiveAsync(buffer.AsMemory(received)).AsTask().Soon();
            Assert.NotEqual(0, count);
            received += count;
        }

        return buffer;
    }

    private static bool IsClosed(Socket client)
    {
        try
        {
            return client.Poll(0, SelectMode.SelectRead) && client.Receive(new byte[100_000]) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>In place of the thread pool: what yields goes on when the test says so. What comes of it later is the pool's.</summary>
    private sealed class TurnsOfOthers : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Call, object? State)> _waiting = new();
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private bool _isRunning;

        public override void Post(SendOrPostCallback d, object? state)
        {
            if (_isRunning && Environment.CurrentManagedThreadId == _thread)
            {
                _waiting.Enqueue((d, state));
            }
            else
            {
                base.Post(d, state);
            }
        }

        public T Run<T>(Func<T> call)
        {
            var before = Current;
            SetSynchronizationContext(this);
            _isRunning = true;

            try
            {
                return call();
            }
            finally
            {
                _isRunning = false;
                SetSynchronizationContext(before);
            }
        }

        public int TakeAll()
        {
            var count = 0;

            for (; _waiting.TryDequeue(out var next); count++)
            {
                Run(() =>
                {
                    next.Call(next.State);
                    return true;
                });
            }

            return count;
        }
    }

    private sealed class ByPort : IComparer<EndPoint?>
    {
        public int Compare(EndPoint? x, EndPoint? y) => ((IPEndPoint)x!).Port.CompareTo(((IPEndPoint)y!).Port);
    }
}
