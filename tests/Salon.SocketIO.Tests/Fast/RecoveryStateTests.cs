using Salon.SocketIO.Recovery;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>What is kept for clients that are away, and for how long.</summary>
[Trait("Stage", "fast")]
public class RecoveryStateTests
{
    private static readonly ConnectionStateRecovery Options = new() { MaxDisconnectionDuration = TimeSpan.FromSeconds(10), MaxSessions = 3 };

    [Fact]
    public async Task A_state_is_taken_once_and_gone_when_its_time_is_over()
    {
        await using var parts = new Parts();
        var store = new RecoveryStore(parts.IO.Sockets, Options, parts.Time, cluster: null);
        var away = new AwaySessions(parts.IO.Deadlines, Options);
        var session = Parts.Save(store, "a");

        Assert.Null(away.Add(session));
        Assert.True(away.Contains("private a"));
        Assert.Same(session, away.Take("private a"));
        Assert.Null(away.Take("private a"));
        Assert.False(away.Remove(session));

        // Taken, its deadline does not come; put back, it has its whole time again.
        parts.Time.Advance(TimeSpan.FromSeconds(9));
        store.Save(session);
        parts.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.NotNull(await TakeAsync(store, "private a"));
        store.Save(session);
        parts.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await TakeAsync(store, "private a"));
    }

    [Fact]
    public async Task Beyond_the_number_those_who_left_first_are_forgotten()
    {
        await using var parts = new Parts();
        var away = new AwaySessions(parts.IO.Deadlines, Options);
        SavedSession[] sessions = [.. Enumerable.Range(0, 5).Select(static i => Parts.Save(store: null!, $"{i}"))];

        Assert.All(sessions[..3], session => Assert.Null(away.Add(session)));
        away.Take("private 1");
        Assert.Null(away.Add(sessions[3]));
        Assert.Same(sessions[0], away.Add(sessions[4]));

        Assert.Equal([false, false, true, true, true], sessions.Select(session => away.Contains(session.PrivateId)));
    }

    [Fact]
    public async Task Without_room_nothing_is_kept()
    {
        await using var parts = new Parts();
        var away = new AwaySessions(parts.IO.Deadlines, new ConnectionStateRecovery { MaxSessions = 0 });
        var session = Parts.Save(store: null!, "a");

        Assert.Same(session, away.Add(session));
        Assert.False(away.Contains(session.PrivateId));
    }

    [Fact]
    public async Task Another_state_of_the_same_client_takes_the_place_of_the_first()
    {
        await using var parts = new Parts();
        var away = new AwaySessions(parts.IO.Deadlines, Options);
        var (first, second) = (Parts.Save(store: null!, "a", "pid"), Parts.Save(store: null!, "b", "pid"));

        Assert.Null(away.Add(first));
        Assert.Same(first, away.Add(second));
        Assert.False(away.Remove(first));
        Assert.Null(away.Add(second));

        Assert.Same(second, away.Take("pid"));
        Assert.False(away.Contains("pid"));
    }

    [Fact]
    public async Task Events_go_when_they_are_old_or_too_many_and_only_the_latter_are_missed()
    {
        await using var parts = new Parts();
        var size = new LoggedEvent(default, 0, EventLog.Stamp(parts.Event("e"), Place(1)).Message, BroadcastOptions.Everybody, null).Size;
        var log = new EventLog(parts.Time, TimeSpan.FromSeconds(10), maxBytes: 3 * size);

        for (ulong i = 1; i <= 3; i++)
        {
            log.Add(Place(i), parts.Event("e"), BroadcastOptions.Everybody);
        }

        Assert.Equal((Place(3), default), (log.Head, log.LostUpTo));
        log.Add(Place(4), parts.Event("e"), BroadcastOptions.Everybody);
        Assert.Equal(Place(1), log.LostUpTo);
        Assert.Equal([Place(3), Place(4)], log.After(Place(2)).Select(static entry => entry.Place));
        Assert.Equal(3, log.After(default).Count());

        parts.Time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        log.RemoveOld();
        Assert.False(log.IsEmpty);
        parts.Time.Advance(TimeSpan.FromTicks(1));
        log.RemoveOld();

        // Who is away so long is not waited for: nothing is lost by it.
        Assert.True(log.IsEmpty);
        Assert.Equal((Place(4), Place(1)), (log.Head, log.LostUpTo));
    }

    [Fact]
    public async Task An_event_that_alone_is_larger_than_the_log_is_delivered_and_lost_at_once()
    {
        await using var parts = new Parts();
        var log = new EventLog(parts.Time, TimeSpan.FromSeconds(10), maxBytes: 0);

        log.Add(Place(1), parts.Event("e"), BroadcastOptions.Everybody);

        Assert.True(log.IsEmpty);
        Assert.Equal((Place(1), Place(1)), (log.Head, log.LostUpTo));
    }

    [Fact]
    public async Task Each_event_has_the_next_place_and_a_volatile_one_that_of_the_last()
    {
        await using var parts = new Parts();
        var order = new EventOrder(new Lock(), Options, TimeSpan.FromSeconds(10), parts.IO.Deadlines, parts.Time, parts.IO.Guard, cluster: null);
        var delivered = new List<string>();

        Emit("one");
        Emit("two", isVolatile: true);
        Emit("ask", id: 7);
        Emit("three");

        Assert.Equal(["[\"one\",\"0-1\"]", "[\"two\",\"0-1\"]", "[\"ask\"]", "[\"three\",\"0-3\"]"], delivered);
        Assert.Equal(Place(3), order.Head);
        Assert.Equal([Place(2), Place(3)], order.After(Place(1)).Select(static entry => entry.Place));

        // A namespace in which nothing happens any more is emptied by the deadline, and by one for all that is in it.
        parts.Time.Advance(TimeSpan.FromSeconds(5));
        Emit("four");
        parts.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([Place(4)], order.After(default).Select(static entry => entry.Place));
        parts.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(order.After(default));
        Assert.Equal((Place(4), default), (order.Head, order.LostUpTo));

        void Emit(string name, bool isVolatile = false, long? id = null) => order.Emit(
            parts.Event(name, id),
            new BroadcastOptions { IsVolatile = isVolatile },
            packet => delivered.Add(System.Text.Encoding.UTF8.GetString(packet.Json.Span)));
    }

    [Fact]
    public async Task Who_waits_for_a_socket_to_go_is_told_once_it_has_gone()
    {
        await using var parts = new Parts();
        var present = new PresentSockets();
        var socket = new Socket(parts.IO.Sockets, new FakeClient(parts).Client, handshake: null!, Parts.Save(store: null!, "a", "pid"));
        present.Add(socket);

        Assert.True(present.Contains("pid"));
        Assert.Null(present.FindStale("somebody else", connection: null));
        var (first, gone) = present.FindStale("pid", FakeClient.AnotherSession())!.Value;
        var (second, goneToo) = present.FindStale("pid", FakeClient.AnotherSession())!.Value;
        Assert.Same(socket, first);
        Assert.Same(first, second);
        Assert.False(gone.IsCompleted);
        present.Remove("pid");
        present.Remove("pid");

        await gone;
        await goneToo;
        Assert.False(present.Contains("pid"));
        Assert.Null(present.FindStale("pid", connection: null));
    }

    [Fact]
    public async Task A_connection_is_not_older_than_itself()
    {
        await using var parts = new Parts();
        var present = new PresentSockets();
        var client = new FakeClient(parts);
        present.Add(new Socket(parts.IO.Sockets, client.Client, handshake: null!, Parts.Save(store: null!, "a", "pid")));

        Assert.Null(present.FindStale("pid", client.Client.Session));
    }

    private static ValueTask<SavedSession?> TakeAsync(RecoveryStore store, string privateId) =>
        store.TakeAsync(System.Text.Json.JsonElement.Parse($"{{\"pid\":\"{privateId}\"}}"), connection: null!);

    private static EventPlace Place(ulong sequence) => new(0, sequence);
}
