using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Salon.App.NativeChat;
using Salon.App.NativeChat.Cluster;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>Who is in the room of the native chat, here and on other nodes, and what each of them gets. No network.</summary>
[Trait("Stage", "fast")]
public sealed class NativeRoomStateTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly NativeRoom _room;
    private readonly List<BusMessage> _told = [];

    public NativeRoomStateTests()
    {
        _room = new NativeRoom(new NativeChatMetrics(_services.GetRequiredService<IMeterFactory>()), _time);
        _room.Happened += _told.Add;
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task A_newcomer_has_who_is_here_and_what_was_said_and_the_others_hear_of_it()
    {
        var bob = Join("bob");
        bob.Say("1", "hello");
        var alice = Join("Alice");

        Assert.Equal((2, 2), _room.Count);
        Assert.Equal(["welcome Alice [Alice bob] [hello]", "1001"], await alice.EndAsync());
        Assert.Equal(["welcome bob [bob] []", "message bob hello", "presence Alice True", "presence Alice False", "1001"], await bob.EndAsync());
        Assert.Equal(["came bob", "said hello", "came Alice", "went Alice", "went bob"], Told());
        Assert.Equal((0, 0), _room.Count);
    }

    [Fact]
    public async Task A_name_belongs_to_its_secret_and_who_comes_again_takes_over_from_their_earlier_connection()
    {
        var first = Join("Alice");
        Assert.Equal("name_taken", new Somebody(this).TryJoin("ALICE", "another secret"));
        Assert.Equal("already_joined", first.TryJoin("Bob", "secret"));

        var second = Join("alice");

        Assert.Same(Farewell.Replaced, first.Connection.Farewell);
        Assert.Equal((1, 1), _room.Count);
        _room.Leave(first.Connection);
        _room.Leave(first.Connection);
        Assert.Equal((1, 1), _room.Count);
        Assert.Equal("not_joined 7", first.TrySay("7", "too late"));
        Assert.Equal(["welcome Alice [Alice] []", "1001"], await second.EndAsync());
    }

    [Fact]
    public async Task What_is_sent_again_is_said_once_and_only_its_writer_gets_it_again()
    {
        var (alice, bob) = (Join("Alice"), Join("Bob"));
        Assert.Equal("not_joined 1", new Somebody(this).TrySay("1", "hello"));

        alice.Say("1", "hello");
        alice.Say("1", "hello");
        alice.Say("1", "something else");
        bob.Say("1", "mine");

        Assert.Equal(["message Alice hello", "message Alice hello", "message Alice hello", "message Bob mine"], (await alice.EndAsync()).Where(IsMessage));
        Assert.Equal(["message Alice hello", "message Bob mine"], (await bob.EndAsync()).Where(IsMessage));
        Assert.Equal(["said hello", "said mine"], Told().Where(static told => told.StartsWith("said", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_happens_elsewhere_happens_once_however_often_it_is_told()
    {
        var alice = Join("Alice");
        var said = new SaidMessage("x", Message("1", "Bob", "hello"));

        for (var i = 0; i < 2; i++)
        {
            _room.OnElsewhere(new CameMessage("x", new BusPerson("Bob", "s", 1)));
            _room.OnElsewhere(said);
        }

        Assert.Equal((2, 1), _room.Count);
        _room.OnElsewhere(new WentMessage("y", "Bob"));
        Assert.Equal((2, 1), _room.Count);
        _room.OnElsewhere(new WentMessage("x", "Bob"));
        _room.OnElsewhere(new WentMessage("x", "Bob"));
        _room.OnElsewhere(said);

        Assert.Equal(["presence Bob True", "message Bob hello", "presence Bob False", "1001"], (await alice.EndAsync()).Skip(1));
        Assert.Equal(["came Alice", "went Alice"], Told());
    }

    [Fact]
    public async Task A_state_says_who_is_there_and_who_is_not_any_more_and_what_was_missed()
    {
        var alice = Join("Alice");
        _room.OnElsewhere(new CameMessage("x", new BusPerson("Bob", "s", 1)));
        _room.OnElsewhere(new CameMessage("y", new BusPerson("Dora", "s", 1)));
        var state = new StateMessage("x", [new BusPerson("Carl", "s", 1)], [Message("1", "Bob", "missed")]);

        _room.OnElsewhere(state);
        _room.OnElsewhere(state);
        _room.OnElsewhere(new GoneMessage("x"));
        _room.OnElsewhere(new GoneMessage("x"));

        Assert.Equal((2, 1), _room.Count);
        Assert.Equal(
            ["presence Bob True", "presence Dora True", "presence Bob False", "presence Carl True", "message Bob missed", "presence Carl False", "1001"],
            (await alice.EndAsync()).Skip(1));
    }

    [Theory]
    [InlineData(2, "other", "same")]
    [InlineData(1, "0", "same")]
    [InlineData(1, "0", "a stranger")]
    public void Of_two_who_take_a_name_at_once_every_node_keeps_the_same(long generation, string node, string secret)
    {
        var alice = Join("Alice");
        var own = Assert.IsType<CameMessage>(Assert.Single(_told)).Person;

        _room.OnElsewhere(new CameMessage(node, own with { Generation = generation, Session = secret == "same" ? own.Session : secret }));

        Assert.Same(secret == "same" ? Farewell.Replaced : Farewell.NameTaken, alice.Connection.Farewell);
        Assert.Equal((1, 0), _room.Count);
        _room.Leave(alice.Connection);
        Assert.Equal((1, 0), _room.Count);
    }

    [Theory]
    [InlineData(0, "0")]
    // The same count: the node of the smaller name keeps it, and this one's has 32 hexadecimal digits.
    [InlineData(1, "z")]
    public void Who_came_earlier_elsewhere_takes_no_name_that_is_newer_here(long generation, string node)
    {
        var alice = Join("Alice");

        _room.OnElsewhere(new CameMessage(node, new BusPerson("Alice", "s", generation)));

        Assert.Null(alice.Connection.Farewell);
        Assert.Equal((1, 1), _room.Count);
        _room.OnElsewhere(new GoneMessage(node));
        Assert.Equal((1, 1), _room.Count);
    }

    [Fact]
    public void Who_comes_from_another_node_with_their_secret_is_newer_than_they_were_there()
    {
        Join("Alice");
        var own = ((CameMessage)_told[0]).Person;
        _room.OnElsewhere(new CameMessage("0", own with { Generation = 5 }));

        Join("alice");

        Assert.Equal(6, ((CameMessage)_told[^1]).Person.Generation);
        Assert.Equal((1, 1), _room.Count);
    }

    [Fact]
    public async Task Other_nodes_are_told_who_is_here_and_nobody_who_is_elsewhere()
    {
        var alice = Join("Alice");
        alice.Say("1", "hello");
        _room.OnElsewhere(new CameMessage("x", new BusPerson("Bob", "s", 1)));

        _room.TellState(withHistory: false);
        _room.TellState(withHistory: true);

        var states = _told.OfType<StateMessage>().ToList();
        Assert.All(states, static state => Assert.Equal("Alice", Assert.Single(state.People).Name));
        Assert.Equal([0, 1], states.Select(static state => state.History.Count));
        Assert.All(_told, told => Assert.Equal(_room.Self, told.Node));
        await alice.EndAsync();
    }

    [Fact]
    public async Task A_newcomer_gets_the_fifty_newest_in_the_order_of_their_times()
    {
        for (var i = 0; i < 60; i++)
        {
            _room.OnElsewhere(new SaidMessage("x", Message($"{i}", "Bob", $"{i}", seconds: i == 59 ? 0.5 : i)));
        }

        var welcome = (await Join("Alice").EndAsync())[0];

        // The 50 that came last; the last of them is the oldest.
        Assert.Equal($"welcome Alice [Alice] [59 {string.Join(' ', Enumerable.Range(10, 49))}]", welcome);
    }

    [Fact]
    public async Task Who_does_not_say_their_name_in_time_is_sent_away_and_who_does_stays()
    {
        var (silent, alice) = (new Somebody(this), new Somebody(this));
        var (silentRun, aliceRun) = (silent.Connection.RunAsync(), alice.Connection.RunAsync());
        Assert.Null(alice.TryJoin("Alice", "secret"));

        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Null(silent.Connection.Farewell);
        _time.Advance(TimeSpan.FromSeconds(0.001));

        await silentRun.Soon();
        Assert.Same(Farewell.NoName, silent.Connection.Farewell);
        Assert.Null(alice.Connection.Farewell);
        alice.Connection.Close(Farewell.Bye);
        await aliceRun.Soon();
    }

    [Fact]
    public async Task A_client_that_does_not_answer_the_goodbye_is_cut_off()
    {
        var socket = new RecordingSocket { Answers = false };
        var connection = new NativeConnection(socket, _room, new NativeChatBudgets(_time), default, _time);
        var running = connection.RunAsync();
        connection.Close(Farewell.Stopping);
        await Eventually.Async("the goodbye is said", () => socket.Sent.Count == 2);
        Assert.False(running.IsCompleted);

        await Eventually.Async("it is cut off", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            return running.IsCompleted;
        });

        Assert.True(socket.IsAborted);
        await running;
    }

    private static bool IsMessage(string frame) => frame.StartsWith("message", StringComparison.Ordinal);

    private Somebody Join(string name)
    {
        var somebody = new Somebody(this);
        Assert.Null(somebody.TryJoin(name, "secret"));
        return somebody;
    }

    private IEnumerable<string> Told() => _told.Select(static told => told switch
    {
        CameMessage came => $"came {came.Person.Name}",
        WentMessage went => $"went {went.Name}",
        SaidMessage said => $"said {said.Message.Text}",
        _ => told.ToString(),
    });

    private static MessageFrame Message(string id, string name, string text, double seconds = 0) =>
        new(id, name, text, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(seconds));

    /// <summary>A connection whose frames are looked at when it has ended.</summary>
    private sealed class Somebody(NativeRoomStateTests test)
    {
        private readonly RecordingSocket _socket = new();
        private NativeConnection? _connection;

        public NativeConnection Connection => _connection ??= new NativeConnection(_socket, test._room, new NativeChatBudgets(test._time), default, test._time);

        public string? TryJoin(string name, string secret) => test._room.Join(Connection, name, secret)?.Code;

        public string? TrySay(string id, string text) => test._room.Say(Connection, id, text) is { } error ? $"{error.Code} {error.Id}" : null;

        public void Say(string id, string text) => Assert.Null(TrySay(id, text));

        public async Task<List<string>> EndAsync()
        {
            Connection.Close(Farewell.Stopping);
            await Connection.RunAsync().Soon();
            return [.. _socket.Sent.Select(Describe)];
        }

        private static string Describe(string sent)
        {
            if (sent[0] != '{')
            {
                return sent.Split(' ')[0];
            }

            using var json = JsonDocument.Parse(sent);
            var frame = json.RootElement;

            return frame.GetProperty("type").GetString() switch
            {
                "welcome" => $"welcome {frame.GetProperty("name")} [{string.Join(' ', frame.GetProperty("people").EnumerateArray())}] [{string.Join(' ', frame.GetProperty("history").EnumerateArray().Select(static said => said.GetProperty("text")))}]",
                "message" => $"message {frame.GetProperty("name")} {frame.GetProperty("text")}",
                "presence" => $"presence {frame.GetProperty("name")} {frame.GetProperty("here")}",
                _ => sent,
            };
        }
    }
}
