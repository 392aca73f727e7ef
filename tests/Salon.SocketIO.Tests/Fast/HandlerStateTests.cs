using System.Text;
using Microsoft.Extensions.Logging;
using Salon.SocketIO.Events;
using Salon.SocketIO.Protocol;
using Salon.Supervision;
using Salon.Tests;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>
/// Who is called for an event, how often, and what becomes of those who fail, come late or leave in the middle: <see cref="EventTable"/>,
/// <see cref="EventListener"/>, <see cref="DisconnectHandlers"/>, <see cref="ServerListeners"/> and <see cref="SocketHooks"/>.
/// </summary>
[Trait("Stage", "fast")]
public sealed class HandlerStateTests : IAsyncLifetime
{
    private readonly Parts _parts = new();
    private readonly EventTable _table = new();
    private readonly LogWatcher _logs = new();
    private readonly List<string> _called = [];
    private Socket _socket = null!;

    public ValueTask InitializeAsync()
    {
        _socket = _parts.Connect("socket");
        return default;
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    [Fact]
    public void A_listener_is_found_by_the_bytes_of_its_name_in_whatever_script_and_by_none_that_are_like_it()
    {
        string[] names = ["chat", "chat ", "Chat", "né", "ne\u0301", "日本", "\ud83d\ude00", "ch\0at", "\ufffd"];

        foreach (var name in names)
        {
            Add(name);
        }

        foreach (var name in names)
        {
            EventListener? found = null;
            Assert.True(_table.IsAlone(Encoding.UTF8.GetBytes(name), ref found));
            Assert.Equal(name, found?.EventName);
        }

        foreach (var other in new byte[][] { "cha"u8.ToArray(), "chatt"u8.ToArray(), [0xff], [0xe6, 0x97, 0xa5], [] })
        {
            EventListener? found = null;
            Assert.True(_table.IsAlone(other, ref found));
            Assert.True(found is null || found.EventName == "\ufffd", found?.EventName);
        }
    }

    [Fact]
    public void A_second_listener_is_seen_also_behind_that_of_another_table_and_a_removed_one_is_not()
    {
        var first = Add("event");
        Add("other");
        EventListener? found = null;
        Assert.True(_table.IsAlone("event"u8, ref found));
        Assert.False(new EventTable[] { _table }.All(table => table.IsAlone("event"u8, ref found)));

        var second = Add("event");
        found = null;
        Assert.False(_table.IsAlone("event"u8, ref found));
        second.Dispose();
        second.Dispose();
        found = null;
        Assert.True(_table.IsAlone("event"u8, ref found));
        Assert.Same(first, found);
        _table.RemoveAll(static listener => listener.EventName == "event");
        Assert.Equal(["other"], _table.Listeners.Select(static listener => listener.EventName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("connect")]
    [InlineData("connect_error")]
    [InlineData("disconnect")]
    [InlineData("disconnecting")]
    [InlineData("newListener")]
    [InlineData("removeListener")]
    public void A_name_that_no_client_may_send_cannot_be_listened_to(string name) => Assert.Throws<ArgumentException>(() => Add(name));

    [Fact]
    public async Task One_for_the_first_time_only_runs_once_however_many_come_at_the_same_moment()
    {
        for (var round = 0; round < 50; round++)
        {
            var listener = (EventListener)_table.Add("event", isOnce: true, () => { }, static () => Task.CompletedTask);
            using var start = new Barrier(3);
            var taken = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                start.SignalAndWait();
                return listener.TryTake();
            }))).Soon();

            Assert.Single(taken, static isTaken => isTaken);
            Assert.Empty(_table.Listeners);
        }

        var always = Add("event");
        Assert.True(always.TryTake());
        Assert.True(always.TryTake());
    }

    [Fact]
    public void Those_who_wait_for_the_end_are_called_once_with_its_first_reason_and_who_comes_late_at_once()
    {
        var handlers = new DisconnectHandlers(_socket);
        handlers.Add(reason => Called($"first {reason}"));
        handlers.Add(reason => Called($"second {reason}"));

        handlers.Call(DisconnectReason.TransportClose);
        handlers.Call(DisconnectReason.PingTimeout);
        handlers.Add(reason => Called($"late {reason}"));

        Assert.Equal(["first TransportClose", "second TransportClose", "late TransportClose"], _called);
    }

    [Fact]
    public void Who_fails_at_the_end_or_takes_its_time_keeps_no_other_from_being_called_and_one_may_add_another()
    {
        var handlers = new DisconnectHandlers(_socket);
        var never = new TaskCompletionSource();
        handlers.Add(static _ => throw new InvalidOperationException("At once."));
        handlers.Add(static async _ =>
        {
            await Task.Yield();
            throw new InvalidOperationException("Later.");
        });
        handlers.Add(_ => never.Task);
        handlers.Add(_ =>
        {
            handlers.Add(reason => Called($"added {reason}"));
            return Called("third");
        });

        handlers.Call(DisconnectReason.TransportError);

        Assert.Equal(["added TransportError", "third"], _called);
    }

    [Fact]
    public async Task Of_those_who_listen_to_other_servers_all_are_called_and_the_first_answer_counts()
    {
        var listeners = new ServerListeners();
        var guard = new Guard(_logs.CreateLogger("guard"));
        listeners.Add("event", static _ => throw new InvalidOperationException("A mistake."));
        listeners.Add("event", _ => Answer("silent", null));
        var second = listeners.Add("event", _ => Answer("second", "2"));
        listeners.Add("event", _ => Answer("third", "3"));
        listeners.Add("other", _ => Answer("other", "4"));

        Assert.Equal("2", await CallAsync());
        second.Dispose();
        second.Dispose();
        Assert.Equal("3", await CallAsync());

        Assert.Equal(["silent", "second", "third", "silent", "third"], _called);
        Assert.Equal(2, _logs.Entries.Count(static entry => entry.Level == LogLevel.Error));
        Assert.Null(await listeners.CallAsync("nobody's", Arguments(), guard));

        foreach (var reserved in new[] { "", "connection", "new_namespace", "disconnect" })
        {
            Assert.Throws<ArgumentException>(() => listeners.Add(reserved, static _ => Task.FromResult<RawJson?>(null)));
        }

        async Task<string?> CallAsync() => await listeners.CallAsync("event", Arguments(), guard) is { } answer ? Encoding.UTF8.GetString(answer.Utf8.Span) : null;
    }

    [Fact]
    public async Task Catch_all_listeners_are_called_one_after_the_other_and_one_that_leaves_is_not_called_again()
    {
        var first = new TaskCompletionSource();
        using var failing = _socket.OnAny(static (_, _) => throw new InvalidOperationException("A mistake."));
        using var slow = _socket.OnAny(async (name, _) =>
        {
            await first.Task;
            _called.Add($"slow {name}");
        });
        var leaving = _socket.OnAny((name, _) => _called.Add($"leaving {name}"));
        Assert.True(_socket.Hooks!.HasIncoming);

        var calling = _socket.Hooks.CallListenersAsync(_socket, "a", Arguments(), Ack.None);
        Assert.False(calling.IsCompleted);
        leaving.Dispose();
        leaving.Dispose();
        first.SetResult();
        await calling.Soon();
        await _socket.Hooks.CallListenersAsync(_socket, "b", Arguments(), Ack.None).Soon();

        // It was there when the event came.
        Assert.Equal(["slow a", "leaving a", "slow b"], _called);
        failing.Dispose();
        slow.Dispose();
        Assert.False(_socket.Hooks.HasIncoming);
    }

    [Fact]
    public void Who_watches_what_is_sent_is_told_of_events_and_may_fail()
    {
        using var failing = _socket.OnAnyOutgoing(static (_, _) => throw new InvalidOperationException("A mistake."));
        var watching = _socket.OnAnyOutgoing((name, arguments) => _called.Add($"{name} {arguments.Count}"));

        _socket.Hooks!.OnSending(_socket, _parts.Event("news"));
        watching.Dispose();
        _socket.Hooks.OnSending(_socket, _parts.Event("news"));

        Assert.Equal(["news 0"], _called);
    }

    private static EventArguments Arguments() => new(Parts.Read("2[\"event\"]").Payload, 1, new JsonCodec());

    private EventListener Add(string name) => (EventListener)_table.Add(name, isOnce: false, () => { }, static () => Task.CompletedTask);

    private Task Called(string what)
    {
        _called.Add(what);
        return Task.CompletedTask;
    }

    private Task<RawJson?> Answer(string what, string? answer)
    {
        _called.Add(what);
        return Task.FromResult(answer is null ? (RawJson?)null : new RawJson(Encoding.UTF8.GetBytes(answer), []));
    }
}
