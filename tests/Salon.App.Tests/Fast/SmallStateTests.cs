using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.App.Chat;
using Salon.App.Chat.Cluster;
using Salon.App.Lab;
using Salon.App.Lab.Traffic;
using Salon.App.Storage;
using Salon.SocketIO;
using Salon.SocketIO.Clustering;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>Small types of the app that remember something: <see cref="KnownNode"/>, <see cref="RoomList"/>, <see cref="Availability"/>, <see cref="FoundingTurns"/>, <see cref="LabVisit"/>.</summary>
[Trait("Stage", "fast")]
public sealed class SmallStateTests : IDisposable
{
    private readonly LogWatcher _logs = new();
    private readonly ILoggerFactory _logging;

    public SmallStateTests() => _logging = LoggerFactory.Create(logging => logging.AddProvider(_logs));

    public void Dispose() => _logging.Dispose();

    [Fact]
    public void Another_nodes_people_are_known_once_all_parts_have_come_in_order()
    {
        var node = new KnownNode();

        Assert.False(node.TryComplete(Part(5, 0, 2, "Ann")));
        Assert.True(node.TryComplete(Part(5, 1, 2, "Bob")));
        Assert.Equal(["Ann", "Bob"], Take(node));
        Assert.Empty(Take(node));

        // Told again: a last part by itself is nothing.
        Assert.False(node.TryComplete(Part(5, 1, 2, "Bob")));
        Assert.True(node.TryComplete(Part(5, 0, 1)));
        Assert.Empty(Take(node));
    }

    [Fact]
    public void Parts_of_two_states_are_not_mixed_and_where_one_is_missing_it_begins_anew()
    {
        var node = new KnownNode();

        Assert.False(node.TryComplete(Part(5, 0, 3, "Ann")));
        Assert.False(node.TryComplete(Part(5, 2, 3, "Carl")));
        Assert.False(node.TryComplete(Part(6, 1, 2, "Dora")));
        Assert.False(node.TryComplete(Part(6, 0, 2, "Emil")));
        Assert.False(node.TryComplete(Part(5, 1, 3, "Bob")));
        Assert.True(node.TryComplete(Part(6, 1, 2, "Fay")));

        Assert.Equal(["Emil", "Fay"], Take(node));
    }

    [Theory]
    [InlineData(null, 2, "a B", true)]
    [InlineData("a", 2, "B c", true)]
    [InlineData("b", 2, "c é", false)]
    // Not there any more, and after the last.
    [InlineData("bb", 10, "c é", false)]
    [InlineData("é", 10, "", false)]
    [InlineData("", 10, "a B c é", false)]
    [InlineData(null, 0, "", true)]
    public async Task A_list_of_rooms_is_read_in_pages_whatever_has_gone_meanwhile(string? after, int limit, string names, bool hasMore)
    {
        await using var services = new ServiceCollection().AddLogging().AddMetrics().AddSocketIO().Services.BuildServiceProvider();
        var time = new ManualTimeProvider();
        using var presence = new Presence(new ChatFeed(services.GetRequiredService<SocketIOServer>()), time, _logging.CreateLogger<Presence>());
        var list = new RoomList([new ChatRoom(1, "é"), new ChatRoom(2, "c"), new ChatRoom(3, "B"), new ChatRoom(4, "a")], version: 7);
        presence.Enter(new ChatRoom(3, "B"), "Ann");

        var page = Encoding.UTF8.GetString(list.WritePage(after, limit, presence));

        var rooms = names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static name => $$"""{"room":"{{name}}","members":{{(name == "B" ? 1 : 0)}}}""");
        Assert.Equal($$"""{"rooms":[{{string.Join(',', rooms)}}],"hasMore":{{(hasMore ? "true" : "false")}},"ok":true}""", System.Text.RegularExpressions.Regex.Unescape(page));
        Assert.Equal(7, list.Version);
    }

    [Fact]
    public void That_the_database_is_away_is_said_once_and_that_it_is_back_once()
    {
        _logs.Expect("The database fails");
        var availability = new Availability(_logging.CreateLogger<Availability>());

        availability.OnAnswered();
        Assert.Empty(_logs.Entries);
        availability.OnFailed(new IOException());
        availability.OnFailed(new IOException());
        availability.OnAnswered();
        availability.OnAnswered();
        availability.OnFailed(new IOException());

        Assert.Equal([LogLevel.Error, LogLevel.Information, LogLevel.Error], _logs.Entries.Select(static entry => entry.Level));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task That_nodes_have_databases_of_their_own_is_said_once_whoever_was_first(bool isLast)
    {
        var members = new Members { Others = isLast ? ["other"] : [] };
        var warning = new OwnDatabaseWarning(members, _logging.CreateLogger<OwnDatabaseWarning>());

        await warning.StartAsync(default);
        Assert.Equal(isLast ? 1 : 0, _logs.Entries.Count());
        members.Join("third");
        members.Join("fourth");
        Assert.Single(_logs.Entries);

        await warning.StopAsync(default);
        Assert.False(members.IsWatched);
    }

    [Fact]
    public async Task One_founds_a_room_of_a_look_at_a_time_and_those_who_waited_look_again()
    {
        var turns = new FoundingTurns();
        var first = await turns.TakeOrWaitAsync("dev");
        var (second, third) = (turns.TakeOrWaitAsync("dev").AsTask(), turns.TakeOrWaitAsync("dev").AsTask());
        using var other = await turns.TakeOrWaitAsync("ops");
        Assert.NotNull(other);
        Assert.False(second.IsCompleted || third.IsCompleted);

        first!.Dispose();
        Assert.Null(await second.Soon());
        Assert.Null(await third.Soon());
        using var next = await turns.TakeOrWaitAsync("dev");
        Assert.NotNull(next);

        // Whoever gives its turn back twice does not give back that of the next.
        first.Dispose();
        var fourth = turns.TakeOrWaitAsync("dev").AsTask();
        Assert.False(fourth.IsCompleted);
        next.Dispose();
        Assert.Null(await fourth.Soon());
    }

    [Fact]
    public async Task However_many_want_a_turn_at_once_one_has_it()
    {
        var turns = new FoundingTurns();
        var (having, most, taken) = (0, 0, 0);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                using var turn = await turns.TakeOrWaitAsync("dev");

                if (turn is not null)
                {
                    most = Math.Max(most, Interlocked.Increment(ref having));
                    Interlocked.Increment(ref taken);
                    await Task.Yield();
                    Interlocked.Decrement(ref having);
                }
            }
        }))).Soon();

        Assert.Equal(1, most);
        Assert.InRange(taken, 300, 2400);
        Assert.NotNull(await turns.TakeOrWaitAsync("dev"));
    }

    [Fact]
    public async Task What_ends_a_request_is_never_called_once_it_has_left_whoever_comes_at_the_same_time()
    {
        var run = new LabRun("run", new LabSettings(), new TrackedConnections(), new ManualTimeProvider());
        var (late, aborted) = (0, 0);

        for (var round = 0; round < 500; round++)
        {
            var hasLeft = false;
            var visit = run.TryEnter(() =>
            {
                aborted++;
                Thread.Yield();
                late += Volatile.Read(ref hasLeft) ? 1 : 0;
            })!;
            visit.Abort();
            using var start = new Barrier(2);

            await Task.WhenAll(
                Task.Run(() =>
                {
                    start.SignalAndWait();
                    visit.Abort();
                }),
                Task.Run(() =>
                {
                    start.SignalAndWait();
                    visit.Dispose();
                    Volatile.Write(ref hasLeft, true);
                })).Soon();
            visit.Abort();
        }

        Assert.Equal((0, 0), (late, run.ConnectionCount));
        Assert.InRange(aborted, 500, 1000);
    }

    private static PresenceState Part(long version, int part, int parts, params string[] people) =>
        new("node", version, part, parts, [.. people.Select(static name => new PresencePlace(new PresenceRoom(1, "dev"), name))]);

    private static IEnumerable<string> Take(KnownNode node) => node.TakePlaces().Select(static place => place.Username);

    private sealed class Members : IClusterMembers
    {
        public event Action<string>? Joined;

        public event Action<string>? Left
        {
            add { }
            remove { }
        }

        public string Self => "self";

        public IReadOnlyCollection<string> Others { get; init; } = [];

        public bool IsWatched => Joined is not null;

        public void Join(string node) => Joined?.Invoke(node);
    }
}
