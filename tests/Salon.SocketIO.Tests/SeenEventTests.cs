using Salon.SocketIO.Connections;
using Salon.SocketIO.Protocol;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Events that come again: <see cref="SeenEvents"/>. The socket is a real one, so that what is answered can be read.</summary>
public sealed class SeenEventTests : IAsyncLifetime
{
    private readonly JsonCodec _codec = new();
    private SocketServer _server = null!;
    private RawClient _client = null!;
    private Socket _socket = null!;
    private long _lastId;

    public async ValueTask InitializeAsync()
    {
        _server = await SocketServer.StartAsync();
        _client = await _server.ConnectAsync("websocket");
        _socket = _server.LastSocket();
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_repeated_event_gets_the_same_answer_before_and_after_it_is_there()
    {
        var seen = new SeenEvents(capacity: 10);
        var first = Ack();
        Assert.True(seen.TryBegin("pay", "1", first));

        // Another handler of the same packet, another event of the same id, and repetitions that wait.
        Assert.True(seen.TryBegin("pay", "1", first));
        Assert.True(seen.TryBegin("refund", "1", Ack()));
        Assert.False(seen.TryBegin("pay", "1", Ack()));
        Answer(seen, first, "done");
        Assert.False(seen.TryBegin("pay", "1", Ack()));

        Assert.Equal("433[\"done\"]", await _client.ReceiveAsync());
        Assert.Equal("434[\"done\"]", await _client.ReceiveAsync());
    }

    [Fact]
    public async Task Of_those_that_wait_the_last_four_are_answered()
    {
        var seen = new SeenEvents(capacity: 10);
        var first = Ack();
        seen.TryBegin("pay", "1", first);

        for (var i = 0; i < 6; i++)
        {
            Assert.False(seen.TryBegin("pay", "1", Ack()));
        }

        Answer(seen, first, "done");

        foreach (var id in new[] { 4, 5, 6, 7 })
        {
            Assert.Equal($"43{id}[\"done\"]", await _client.ReceiveAsync());
        }
    }

    [Fact]
    public async Task What_failed_may_be_tried_again_and_those_that_waited_are_told()
    {
        var seen = new SeenEvents(capacity: 10);
        var first = Ack();
        seen.TryBegin("pay", "1", first);
        seen.TryBegin("pay", "1", Ack());

        Answer(seen, first, "failed", hasFailed: true);

        Assert.Equal("432[\"failed\"]", await _client.ReceiveAsync());
        Assert.True(seen.TryBegin("pay", "1", Ack()));
    }

    [Fact]
    public void Beyond_the_number_the_oldest_is_forgotten()
    {
        var seen = new SeenEvents(capacity: 3);

        for (var i = 0; i < 4; i++)
        {
            var ack = Ack();
            Assert.True(seen.TryBegin("pay", $"{i}", ack));
            Answer(seen, ack, "done");
        }

        Assert.False(seen.TryBegin("pay", "1", Ack()));
        Assert.False(seen.TryBegin("pay", "3", Ack()));
        Assert.True(seen.TryBegin("pay", "0", Ack()));
    }

    [Fact]
    public void Beyond_the_bytes_answered_ones_are_forgotten_and_never_those_that_are_being_handled()
    {
        var seen = new SeenEvents(capacity: 100);
        Assert.True(seen.TryBegin("pay", "open", Ack()));

        for (var i = 0; i < 4; i++)
        {
            var ack = Ack();
            seen.TryBegin("pay", $"{i}", ack);
            Answer(seen, ack, new string('x', 20_000));
        }

        var large = Ack();
        seen.TryBegin("pay", "large", large);
        Answer(seen, large, new string('x', 70_000));

        Assert.False(seen.TryBegin("pay", "open", Ack()));
        Assert.True(seen.TryBegin("pay", "large", Ack()));
        Assert.True(seen.TryBegin("pay", "0", Ack()));
        Assert.False(seen.TryBegin("pay", "3", Ack()));
    }

    private Ack Ack() => new(_socket, ++_lastId);

    private void Answer(SeenEvents seen, Ack ack, string answer, bool hasFailed = false)
    {
        using var payload = PayloadBuilder.StartAck(_codec);
        payload.Add(answer);
        payload.Complete();
        seen.OnAnswered(ack, payload, hasFailed);
    }
}
