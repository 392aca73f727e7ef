using System.Text;
using Salon.SocketIO.Adapters;
using Salon.SocketIO.Clustering;
using Salon.Tests;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>What other servers ask for, in order and without waiting for anybody's handlers: <see cref="ClusterReceiver"/>. The test is the bus.</summary>
[Trait("Stage", "fast")]
public sealed class ClusterReceiverTests : IAsyncLifetime
{
    private readonly Parts _parts = new();
    private readonly List<string> _said = [];
    private ClusterReceiver _receiver = null!;
    private LocalAdapter _local = null!;

    public ValueTask InitializeAsync()
    {
        _local = (LocalAdapter)_parts.IO.Sockets.Adapter;
        _receiver = new ClusterReceiver(_parts.IO.Sockets, _local, Respond, _parts.IO.Guard);
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _receiver.Dispose();
        return _parts.DisposeAsync();
    }

    [Fact]
    public async Task A_handler_that_never_ends_or_fails_keeps_no_other_from_being_called_and_each_answers_its_own_question()
    {
        var waiting = new TaskCompletionSource<string>();
        _parts.IO.Sockets.Servers.On("slow", _ => waiting.Task);
        _parts.IO.Sockets.Servers.On<string>("failing", static _ => throw new InvalidOperationException());
        _parts.IO.Sockets.Servers.On("quick", static arguments => Task.FromResult(arguments.Get<int>(0)));

        Ask("1", "slow");
        Ask("2", "failing");
        Ask("3", "quick", 33);
        Ask("4", "nobody listens");
        Ask(null, "quick", 55);
        Ask("6", "quick", 66);
        await SaidAsync("3: 33", "6: 66");
        waiting.SetResult("at last");

        await SaidAsync("3: 33", "6: 66", "1: \"at last\"");
    }

    [Fact]
    public async Task What_cannot_be_read_costs_nothing_that_comes_after_it()
    {
        _parts.IO.Sockets.Servers.On("quick", static _ => Task.FromResult(1));

        foreach (var nonsense in new[] { "null", "[]", "[1]", "{}", "[\"\"]" })
        {
            _receiver.OnMessage(new ClusterMessage(ClusterMessageType.ServerSideEmit) { Sender = "other", RequestId = "x", Event = new RawJson(Encoding.UTF8.GetBytes(nonsense), []) });
        }

        Ask("1", "quick");
        await SaidAsync("1: 1");
    }

    [Fact]
    public async Task Rooms_are_joined_and_left_at_once_and_by_those_who_are_meant_alone()
    {
        var (a, b) = (_parts.Connect("a"), _parts.Connect("b"));
        await _local.AddAsync(a);
        await _local.AddAsync(b);
        var everybody = BroadcastOptions.Everybody;

        Move(ClusterMessageType.SocketsJoin, everybody, "x", "y");
        Assert.Equal(["a", "b"], In(everybody with { Rooms = ["x"] }));
        Move(ClusterMessageType.SocketsLeave, everybody with { Except = ["b"] }, "x");
        Assert.Equal(["b"], In(everybody with { Rooms = ["x"] }));
        Assert.Equal(["a"], In(everybody with { Rooms = ["y"], Except = ["x"] }));
    }

    [Fact]
    public async Task A_question_to_the_clients_here_tells_first_how_many_there_are_and_then_each_answer()
    {
        var (a, b) = (_parts.Connect("a"), _parts.Connect("b"));
        await _local.AddAsync(a);
        await _local.AddAsync(b);

        _receiver.OnMessage(new ClusterMessage(ClusterMessageType.Broadcast) { Sender = "other", RequestId = "1", Event = new RawJson("[\"ask\"]"u8.ToArray(), []) });
        await SaidAsync("1: 2 clients");
        _local.OnAck(b, 0, Parts.Read("30[\"b\"]").Payload);
        _local.OnAck(a, 0, Parts.Read("30[\"a\"]").Payload);
        _local.OnAck(a, 0, Parts.Read("30[\"again\"]").Payload);

        await SaidAsync("1: 2 clients", "1: \"b\"", "1: \"a\"");
    }

    [Fact]
    public async Task So_many_wait_and_what_is_more_is_dropped_and_said_once_a_minute()
    {
        using var gate = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        _parts.IO.Sockets.Servers.On("blocking", _ =>
        {
            begun.Set();
            gate.Wait();
            return Task.FromResult(0);
        });
        _parts.IO.Sockets.Servers.On("quick", static arguments => Task.FromResult(arguments.Get<int>(0)));
        Ask("first", "blocking");
        Assert.True(begun.Wait(Eventually.Patience));

        AskMany(0, 10_003);
        Assert.Single(Dropped());
        _parts.Time.Advance(TimeSpan.FromSeconds(59));
        AskMany(20_000, 20_010);
        Assert.Single(Dropped());
        _parts.Time.Advance(TimeSpan.FromSeconds(1));
        AskMany(30_000, 30_010);
        Assert.Equal(2, Dropped().Count());
        gate.Set();

        await Eventually.Async("those who waited are called", () => Said().Count == 10_001);
        Ask("last", "quick", 7);
        await Eventually.Async("there is room again", () => Said()[^1] == "last: 7");
        Assert.DoesNotContain("10000: 10000", Said());
        Assert.Contains("9999: 9999", Said());
    }

    [Fact]
    public async Task At_the_end_what_was_taken_is_done_and_nothing_more_is_taken()
    {
        _parts.IO.Sockets.Servers.On("quick", static arguments => Task.FromResult(arguments.Get<int>(0)));

        for (var i = 1; i <= 5; i++)
        {
            Ask($"{i}", "quick", i);
        }

        _receiver.Dispose();
        _receiver.Dispose();
        Ask("late", "quick", 99);

        await SaidAsync("1: 1", "2: 2", "3: 3", "4: 4", "5: 5");
        await Eventually.Async("all is said", () => Said().Count == 5);
    }

    private IEnumerable<LogEntry> Dropped() => _parts.Logs.Entries.Where(static entry => entry.Message.Contains("was dropped", StringComparison.Ordinal));

    private void AskMany(int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            Ask($"{i}", "quick", i);
        }
    }

    private void Ask(string? id, string name, int argument = 0) => _receiver.OnMessage(new ClusterMessage(ClusterMessageType.ServerSideEmit)
    {
        Sender = "other",
        RequestId = id,
        Event = new RawJson(Encoding.UTF8.GetBytes($"[\"{name}\",{argument}]"), []),
    });

    private void Move(ClusterMessageType type, BroadcastOptions options, params string[] rooms) =>
        _receiver.OnMessage(new ClusterMessage(type) { Sender = "other", Options = options, Rooms = rooms });

    private IEnumerable<string> In(BroadcastOptions options) => _local.GetSockets(options).Select(static socket => socket.Id).Order(StringComparer.Ordinal);

    private void Respond(string server, ClusterMessage response)
    {
        Assert.Equal("other", server);

        lock (_said)
        {
            var isCount = response.Type == ClusterMessageType.BroadcastClientCount;
            _said.Add($"{response.RequestId}: {(isCount ? $"{response.ClientCount} clients" : Encoding.UTF8.GetString(response.Answer.Utf8.Span))}");
        }
    }

    private List<string> Said()
    {
        lock (_said)
        {
            return [.. _said];
        }
    }

    private Task SaidAsync(params string[] said) => Eventually.Async($"it is said: {string.Join(", ", said)}", () => Said().SequenceEqual(said));
}
