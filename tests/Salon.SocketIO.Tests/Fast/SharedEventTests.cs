using Salon.SocketIO.Clustering;
using Salon.SocketIO.Recovery;
using Salon.Supervision;
using Salon.Tests;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>The order of events whose log servers share, when the log is quick, slow, full, away, or has another clock. A log in memory.</summary>
[Trait("Stage", "fast")]
public sealed class SharedEventTests : IAsyncDisposable
{
    private readonly Parts _parts = new();
    private readonly Log _log = new();
    private readonly LogWatcher _logs = new();
    private readonly SharedEvents _events;
    private readonly List<string> _delivered = [];

    public SharedEventTests() =>
        _events = new SharedEvents(new Lock(), new EventLog(_parts.Time, TimeSpan.FromMinutes(1), maxBytes: 1_000_000), _log, _parts.IO.Deadlines, _parts.Time, new Guard(_logs.CreateLogger("guard")));

    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        _logs.Dispose();
    }

    [Fact]
    public void What_this_server_emits_is_delivered_when_it_is_read_among_what_others_emit()
    {
        Emit("a");
        Emit("b");
        Assert.Empty(_delivered);

        _events.OnOwnEvent(new EventPlace(7, 0), 1);
        _events.OnEvent(new EventPlace(7, 1), _parts.Event("other"), BroadcastOptions.Everybody, Deliver);
        _events.OnOwnEvent(new EventPlace(7, 2), 2);

        Assert.Equal(["a 7-0", "other 7-1", "b 7-2"], _delivered);
        Assert.Equal(new EventPlace(7, 2), _events.Head);

        // Read again, it is nothing new.
        _events.OnOwnEvent(new EventPlace(7, 2), 2);
        Assert.Equal(3, _delivered.Count);
    }

    [Fact]
    public void What_is_not_read_in_half_a_second_is_delivered_ahead_and_not_again()
    {
        Emit("a");
        Pass(0.499);
        Assert.Empty(_delivered);
        Emit("b");
        Pass(0.001);
        Assert.Equal(["a 5-0~1", "b 5-0~2"], _delivered);

        _events.OnOwnEvent(new EventPlace(8, 0), 1);
        _events.OnOwnEvent(new EventPlace(8, 1), 2);
        Assert.Equal(2, _delivered.Count);
        Assert.Equal(new EventPlace(8, 1), _events.Head);
    }

    [Fact]
    public void What_a_broken_log_does_not_take_is_delivered_here_in_its_turn_and_the_failure_is_told()
    {
        Emit("a");
        _log.Fails = true;
        Emit("b");
        Assert.Empty(_delivered);

        _events.OnOwnEvent(new EventPlace(7, 0), 1);

        Assert.Equal(["a 7-0", "b 7-0.1"], _delivered);
        Assert.Single(_logs.Entries, static entry => entry.Message == "IClusterLog.Append failed.");
    }

    [Fact]
    public void While_the_log_is_slow_nothing_waits_for_it_and_when_it_is_quick_again_it_leads()
    {
        Emit("a");
        Pass(0.5);
        _events.OnOwnEvent(new EventPlace(8, 0), 1);

        Emit("b");
        Pass(0.251);
        _events.OnOwnEvent(new EventPlace(8, 1), 2);
        Emit("c");
        Assert.Equal(["a 5-0~1", "b 8-0~1", "c 8-1~1"], _delivered);
        Pass(0.25);
        _events.OnOwnEvent(new EventPlace(8, 2), 3);

        Emit("d");
        Assert.Equal(3, _delivered.Count);
        _events.OnOwnEvent(new EventPlace(8, 3), 4);
        Assert.Equal("d 8-3", _delivered[^1]);
    }

    [Fact]
    public void A_log_that_is_away_is_not_waited_for()
    {
        Emit("a");
        _log.IsAvailable = false;

        Emit("b");

        Assert.Equal(2, _delivered.Count);
        Assert.Equal(["a", "b"], _delivered.Select(static each => each.Split(' ')[0]));
    }

    [Fact]
    public void What_the_log_has_no_room_for_waits_behind_what_it_has_and_is_not_lost()
    {
        Emit("a");
        _log.IsFull = true;
        Emit("b");
        _log.IsFull = false;
        Emit("c");

        _events.OnOwnEvent(new EventPlace(7, 0), 1);
        Assert.Equal(["a 7-0", "b 7-0.1"], _delivered);
        _events.OnOwnEvent(new EventPlace(7, 1), 2);
        Assert.Equal("c 7-1", _delivered[^1]);

        _log.IsFull = true;
        Emit("d");
        Assert.Equal("d 7-1.1", _delivered[^1]);
    }

    [Fact]
    public void What_is_only_for_this_server_keeps_its_turn()
    {
        Emit("local", new BroadcastOptions { IsLocal = true });
        Assert.Single(_delivered);
        Emit("a");
        Emit("later", new BroadcastOptions { IsLocal = true });
        Assert.Single(_delivered);

        _events.OnOwnEvent(new EventPlace(7, 0), 1);

        Assert.Equal(["local 5-0.1", "a 7-0", "later 7-0.1"], _delivered);
        Assert.Equal(1, _log.Count);
    }

    [Fact]
    public void What_may_be_lost_overtakes_and_is_not_delivered_again()
    {
        Emit("a");
        Emit("volatile", new BroadcastOptions { IsVolatile = true });
        Assert.Equal(["volatile 5-0"], _delivered);

        _events.OnOwnEvent(new EventPlace(7, 0), 1);
        _events.OnOwnEvent(new EventPlace(7, 1), 2);

        Assert.Equal(["volatile 5-0", "a 7-0"], _delivered);
    }

    [Fact]
    public void Who_leaves_gets_what_was_emitted_for_them_before_and_waits_for_nothing_else()
    {
        var socket = _parts.Connect("x");
        Emit("to others", new BroadcastOptions { Rooms = ["another room"] });
        _events.OnLeaving(socket);
        Assert.Empty(_delivered);

        Emit("to all");
        _events.OnLeaving(socket);
        _events.OnLeaving(socket);

        Assert.Equal(["to others", "to all"], _delivered.Select(static each => string.Join(' ', each.Split(' ')[..2])));
    }

    [Fact]
    public void Places_rise_whatever_the_clock_of_the_log_says()
    {
        _events.OnEvent(new EventPlace(9, 0), _parts.Event("a"), BroadcastOptions.Everybody, Deliver);
        _events.OnEvent(new EventPlace(6, 0), _parts.Event("b"), BroadcastOptions.Everybody, Deliver);
        Emit("c");
        _events.OnOwnEvent(new EventPlace(6, 1), 1);
        _events.OnEvent(new EventPlace(9, 1), _parts.Event("d"), BroadcastOptions.Everybody, Deliver);

        Assert.Equal(["a 9-0", "b 9-0.1", "c 9-0.2", "d 9-1"], _delivered);
    }

    [Fact]
    public void What_was_skipped_in_the_log_is_delivered_before_what_follows()
    {
        Emit("a");
        Emit("b");
        Emit("c");

        _events.OnOwnEvent(new EventPlace(7, 5), 3);

        Assert.Equal(["a", "b", "c"], _delivered.Select(static each => each.Split(' ')[0]));
        Assert.Equal("c 7-5", _delivered[^1]);
    }

    private void Emit(string name, BroadcastOptions? options = null) => _events.Emit(_parts.Event(name), options ?? BroadcastOptions.Everybody, Deliver);

    private void Deliver(EncodedPacket packet)
    {
        using var json = System.Text.Json.JsonDocument.Parse(packet.ToRawJson().ToString());
        _delivered.Add($"{json.RootElement[0]} {json.RootElement[1]}");
    }

    private void Pass(double seconds) => _parts.Time.Advance(TimeSpan.FromSeconds(seconds));

    private sealed class Log : IClusterLog
    {
        public bool IsAvailable { get; set; } = true;

        public bool IsFull { get; set; }

        public bool Fails { get; set; }

        public long Count { get; private set; }

        public string? Place => "5-0";

        public long Append(ClusterMessage message) => Fails ? throw new InvalidOperationException("broken") : IsFull ? 0 : ++Count;

        public Task<bool> WaitForAsync(string id) => throw new NotSupportedException();

        public Task<IReadOnlyList<ClusterLogEntry>?> ReadAsync(string after, string upTo) => throw new NotSupportedException();

        public Task<bool> SaveSessionAsync(ClusterSession session, TimeSpan lifetime) => throw new NotSupportedException();

        public Task<ClusterSession?> TakeSessionAsync(string privateId, bool isLost) => throw new NotSupportedException();
    }
}
