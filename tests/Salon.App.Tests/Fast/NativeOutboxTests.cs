using System.Net.WebSockets;
using System.Text;
using Salon.App.NativeChat;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>What waits for one client of the native chat, its bound, and its goodbye.</summary>
[Trait("Stage", "fast")]
public sealed class NativeOutboxTests : IDisposable
{
    private readonly RecordingSocket _socket = new();
    private readonly NativeOutbox _outbox;

    public NativeOutboxTests() => _outbox = new NativeOutbox(_socket);

    public void Dispose() => _socket.Dispose();

    [Fact]
    public async Task What_is_queued_leaves_in_order_before_the_goodbye_and_nothing_after_it()
    {
        Send("one");
        Send("two");
        Assert.False(_outbox.Closing.IsCompleted);
        _outbox.Close(Farewell.Stopping);
        Send("three");

        await _outbox.RunAsync().Soon();

        Assert.Equal(["one", "two", Text(Farewell.Stopping)], _socket.Sent);
    }

    [Fact]
    public async Task The_first_reason_counts()
    {
        _outbox.Close(Farewell.Replaced);
        _outbox.Close(Farewell.Bye);
        _outbox.Close(Farewell.Replaced);

        await _outbox.RunAsync().Soon();

        Assert.Same(Farewell.Replaced, _outbox.Farewell);
        Assert.Equal([Text(Farewell.Replaced)], _socket.Sent);
    }

    [Theory]
    [InlineData(0, 16_384)]
    [InlineData(960, 1_024)]
    [InlineData(65_472, 16)]
    public void Who_does_not_read_is_sent_away_with_the_byte_that_is_too_much(int size, int allowed)
    {
        for (var i = 0; i < allowed; i++)
        {
            _outbox.Send(new byte[size]);
        }

        Assert.Null(_outbox.Farewell);
        _outbox.Send(new byte[size]);
        Assert.Same(Farewell.TooSlow, _outbox.Farewell);
        Assert.True(_outbox.Closing.IsCompleted);
    }

    [Fact]
    public async Task What_has_left_makes_room()
    {
        var running = _outbox.RunAsync();

        for (var round = 1; round <= 5; round++)
        {
            var network = new TaskCompletionSource();
            _socket.Network = network.Task;

            for (var i = 0; i < 15; i++)
            {
                _outbox.Send(new byte[65_000]);
            }

            network.SetResult();
            await Eventually.Async("all has left", () => _socket.Sent.Count == 15 * round);
        }

        Assert.Null(_outbox.Farewell);
        _outbox.Close(Farewell.Bye);
        await running.Soon();
    }

    [Fact]
    public async Task A_lost_connection_ends_it_and_what_is_said_then_goes_nowhere()
    {
        _socket.Network = Task.FromException(new WebSocketException("It is lost."));
        Send("one");

        await _outbox.RunAsync().Soon();
        Send("two");
        _outbox.Close(Farewell.TooSlow);

        Assert.Same(Farewell.Bye, _outbox.Farewell);
        Assert.True(_outbox.Closing.IsCompleted);
        Assert.Empty(_socket.Sent);
    }

    [Fact]
    public async Task A_client_that_is_lost_in_its_goodbye_keeps_the_reason()
    {
        _outbox.Close(Farewell.TooSlow);
        _socket.Network = Task.FromException(new OperationCanceledException());

        await _outbox.RunAsync().Soon();

        Assert.Same(Farewell.TooSlow, _outbox.Farewell);
    }

    private static string Text(Farewell farewell) => $"{(int)farewell.Status} {farewell.Reason}";

    private void Send(string text) => _outbox.Send(Encoding.UTF8.GetBytes(text));
}
