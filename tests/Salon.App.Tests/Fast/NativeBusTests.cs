using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Salon.App.Hosting;
using Salon.App.NativeChat;
using Salon.App.NativeChat.Cluster;
using Salon.Redis;
using Salon.SocketIO;
using Salon.SocketIO.Redis;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>How the rooms of all nodes become one, and what remains of a node that is silent. The test plays Redis and the other nodes; our clock.</summary>
[Trait("Stage", "fast")]
public sealed class NativeBusTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _services;
    private readonly PlayedStore _store;
    private readonly NativeRoom _room;
    private readonly NativeBus _bus;

    public NativeBusTests()
    {
        _store = new PlayedStore(_time) { First = static call => call.Name == "PUBLISH" ? ScriptedRedis.Number(1) : null };
        _services = new ServiceCollection().AddMetrics().AddLogging().AddSingleton<TimeProvider>(_time).AddSocketIO().AddRedis(_store.Redis.Url).Services.BuildServiceProvider();
        _room = new NativeRoom(new NativeChatMetrics(_services.GetRequiredService<IMeterFactory>()), _time);
        var refusals = _services.GetRequiredService<RedisRefusals>();
        var channels = new RedisChannels(_store.Client, new RedisSettings(new RedisOptions()), refusals, _time, NullLogger<RedisChannels>.Instance);
        _bus = new NativeBus(channels, _room, _time, NullLogger<NativeBus>.Instance);
    }

    public async ValueTask InitializeAsync()
    {
        await _bus.StartAsync(default);
        await SaidAsync("ask", "state");
    }

    public async ValueTask DisposeAsync()
    {
        await _bus.StopAsync(default).Soon();
        _bus.Dispose();
        await _store.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task What_happens_here_is_told_in_the_order_in_which_it_happens()
    {
        var connection = Connect();
        Assert.Null(_room.Join(connection, "Ann", "a secret of enough characters"));

        for (var i = 0; i < 20; i++)
        {
            Assert.Null(_room.Say(connection, $"{i}", $"text {i}"));
        }

        _room.Leave(connection);
        await SaidAsync(["ask", "state", "came Ann", .. Enumerable.Range(0, 20).Select(static i => $"said text {i}"), "went Ann"]);
    }

    [Fact]
    public async Task Who_is_on_another_node_is_there_until_it_says_goodbye_or_was_silent_for_fifteen_seconds()
    {
        Say(new CameMessage("x", new BusPerson("Xaver", "s", 1)));
        Say(new CameMessage("y", new BusPerson("Yann", "s", 1)));
        await PeopleAsync(2);

        Say(new GoneMessage("x"));
        Say(new GoneMessage("x"));
        await PeopleAsync(1);
        _time.Advance(TimeSpan.FromSeconds(15));
        Say(new StateMessage("y", [new BusPerson("Yann", "s", 1)], []));
        Say(new CameMessage("z", new BusPerson("Zoe", "s", 1)));
        await PeopleAsync(2);

        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(2, _room.Count.Everywhere);
        await Eventually.Async("both are taken to be gone", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            return _room.Count.Everywhere == 0;
        });
    }

    [Fact]
    public async Task Who_asks_is_told_who_is_here_and_what_this_node_says_itself_is_not_heard()
    {
        var connection = Connect();
        Assert.Null(_room.Join(connection, "Ann", "a secret of enough characters"));
        await SaidAsync("ask", "state", "came Ann");

        Say(new AskMessage("x"));
        await SaidAsync("ask", "state", "came Ann", "state Ann");
        Say(new AskMessage(_room.Self));
        Say(new GoneMessage(_room.Self));
        Say(new CameMessage(_room.Self, new BusPerson("Bob", "s", 1)));
        Say(new CameMessage("x", new BusPerson("Xaver", "s", 1)));
        await PeopleAsync(2);

        Assert.Equal(["ask", "state", "came Ann", "state Ann"], Said());
    }

    [Fact]
    public async Task After_a_lost_connection_it_asks_and_tells_again()
    {
        _store.Redis.Cut();

        await Eventually.Async("it has asked again", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            return Said().Count(static said => said == "ask") == 2;
        });
        Say(new CameMessage("x", new BusPerson("Xaver", "s", 1)));
        await PeopleAsync(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"type":"gone","node":""}""")]
    [InlineData("""{"type":"gone","node":null}""")]
    [InlineData("""{"type":"came","node":"x"}""")]
    [InlineData("""{"type":"came","node":"x","person":{"name":"","session":"","generation":0}}""")]
    [InlineData("""{"type":"state","node":"x","people":[null],"history":[]}""")]
    [InlineData("""{"type":"unheard of","node":"x"}""")]
    public async Task What_is_none_of_what_nodes_say_changes_nothing(string payload)
    {
        _store.Redis.Publish(NativeBus.ChannelName, payload);
        Say(new CameMessage("y", new BusPerson("Yann", "s", 1)));

        await PeopleAsync(1);
    }

    [Fact]
    public async Task Whoever_says_more_than_a_thousand_names_of_nodes_has_made_them_up_and_those_known_are_heard()
    {
        for (var i = 0; i < 1_001; i++)
        {
            Say(new CameMessage($"node {i}", new BusPerson($"Person {i}", "s", 1)));
        }

        Say(new WentMessage("node 0", "Person 0"));
        await PeopleAsync(999);
        Say(new GoneMessage("node 0"));
        Say(new CameMessage("the next", new BusPerson("Nora", "s", 1)));
        await PeopleAsync(1_000);
    }

    [Fact]
    public async Task With_its_end_it_says_goodbye_and_hears_and_tells_nothing_more()
    {
        await _bus.StopAsync(default).Soon();
        await SaidAsync("ask", "state", "gone");

        Assert.Null(_room.Join(Connect(), "Ann", "a secret of enough characters"));
        Assert.Equal(0, _store.Redis.Publish(NativeBus.ChannelName, "{}"));
        Assert.Equal(["ask", "state", "gone"], Said());
    }

    private NativeConnection Connect() => new(new RecordingSocket(), _room, new NativeChatBudgets(_time), default, _time);

    private void Say(BusMessage message) => Assert.Equal(1, _store.Redis.Publish(NativeBus.ChannelName, PlayedStore.Text(message.Encode())));

    private Task PeopleAsync(int count) => Eventually.Async($"there are {count} people", () => _room.Count.Everywhere == count);

    private List<string> Said() =>
    [
        .. _store.Redis.Commands.Where(static command => command.StartsWith("PUBLISH", StringComparison.Ordinal)).Select(static command =>
        {
            Assert.True(BusMessage.TryParse(System.Text.Encoding.Latin1.GetBytes(command.Split(' ', 3)[2]), out var message));

            return message switch
            {
                CameMessage came => $"came {came.Person.Name}",
                WentMessage went => $"went {went.Name}",
                SaidMessage said => $"said {said.Message.Text}",
                StateMessage state => string.Join(' ', state.People.Select(static person => person.Name).Prepend("state")),
                AskMessage => "ask",
                _ => "gone",
            };
        }),
    ];

    private Task SaidAsync(params IReadOnlyList<string> said) => Eventually.Async($"it is said: {string.Join(", ", said)}", () => Said().SequenceEqual(said));
}
