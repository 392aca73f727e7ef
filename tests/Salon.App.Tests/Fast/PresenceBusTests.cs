using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Salon.App.Chat;
using Salon.App.Chat.Cluster;
using Salon.SocketIO;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Protocol;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>
/// What a node tells the others of its people, and what it makes of what they tell: in order, twice, with gaps, in parts, and when one of
/// them goes. The test is all the other nodes; our clock.
/// </summary>
[Trait("Stage", "fast")]
public sealed class PresenceBusTests : IAsyncLifetime
{
    private static readonly ChatRoom Room = new(1, "dev");
    private static readonly ChatRoom Other = new(2, "ops");

    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _services;
    private readonly Presence _presence;
    private readonly Members _members = new();
    private readonly List<string> _told = [];
    private readonly List<string> _noticed = [];
    private readonly PresenceBus _bus;
    private readonly Namespace _chat;

    public PresenceBusTests()
    {
        _services = new ServiceCollection().AddLogging().AddMetrics().AddSingleton<TimeProvider>(_time)
            .AddSingleton<IAdapterDecorator>(new Recording(_told)).AddSocketIO().Services.BuildServiceProvider();
        var io = _services.GetRequiredService<SocketIOServer>();
        _chat = io.Of(ChatFeed.NamespaceName);
        _presence = new Presence(new ChatFeed(io), _time, NullLogger<Presence>.Instance);
        _presence.Noticed += notification => _noticed.Add(notification.Message);
        _bus = new PresenceBus(io, _presence, _members, _time, NullLogger<PresenceBus>.Instance);
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        _bus.Dispose();
        _presence.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public void Changes_here_are_told_with_rising_numbers_and_the_last_of_them_every_second_while_somebody_hears_it()
    {
        _presence.Enter(Room, "Ann");
        _presence.Enter(Room, "Ann");
        _presence.Leave(Room, "Ann", isLost: false);
        _presence.Leave(Room, "Ann", isLost: false);
        _presence.Leave(Room, "Ann", isLost: false);
        Assert.Equal(["changed 1 dev Ann True", "changed 2 dev Ann False"], TakeTold());

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(TakeTold());
        _members.Join("n");
        Assert.Equal(["asked n"], TakeTold());
        _time.Advance(TimeSpan.FromSeconds(1.999));
        Assert.Equal(["version 2"], TakeTold());
    }

    [Fact]
    public async Task What_a_node_tells_in_order_is_so_and_what_it_tells_twice_changes_nothing()
    {
        _members.Join("n");
        TakeTold();

        for (var i = 0; i < 2; i++)
        {
            await ChangedAsync("n", 1, Room, "Ann", true);
        }

        await ChangedAsync("n", 2, Room, "Bob", true);
        await ChangedAsync("n", 3, Room, "Ann", false);
        await VersionAsync("n", 3);

        Assert.Equal(["Bob"], _presence.GetMembers(Room));
        Assert.Empty(TakeTold());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task A_change_that_is_not_the_next_is_not_believed_and_all_is_asked_for(long version)
    {
        _members.Join("n");
        await ChangedAsync("n", 1, Room, "Ann", true);
        await ChangedAsync("n", 2, Room, "Ann", false);
        TakeTold();

        await ChangedAsync("n", version + (version == 2 ? 2 : 0), Room, "Bob", true);

        Assert.Empty(_presence.GetMembers(Room));
        Assert.Equal(["asked n"], TakeTold());
    }

    [Fact]
    public async Task A_change_that_was_lost_is_noticed_by_the_number_and_the_state_sets_all_right()
    {
        _members.Join("n");
        await ChangedAsync("n", 1, Room, "Ann", true);
        TakeTold();

        await VersionAsync("n", 4);
        Assert.Equal(["asked n"], TakeTold());
        await StateAsync("n", 4, 0, 1, (Other, "Ann"), (Room, "Bob"));
        await StateAsync("n", 4, 0, 1, (Other, "Ann"), (Room, "Bob"));
        await VersionAsync("n", 4);
        await ChangedAsync("n", 5, Room, "Carl", true);

        Assert.Equal(["Bob", "Carl"], _presence.GetMembers(Room));
        Assert.Equal(["Ann"], _presence.GetMembers(Other));
        Assert.Empty(TakeTold());
    }

    [Fact]
    public async Task A_state_in_parts_is_so_when_all_have_come_in_order_and_one_that_is_not_whole_changes_nothing()
    {
        _members.Join("n");
        await StateAsync("n", 1, 0, 1, (Room, "Ann"));
        TakeTold();

        await StateAsync("n", 7, 1, 2, (Room, "Zoe"));
        await StateAsync("n", 7, 0, 3, (Room, "Bob"));
        await StateAsync("n", 7, 2, 3, (Room, "Dora"));
        await StateAsync("n", 8, 1, 3, (Room, "Carl"));
        Assert.Equal(["Ann"], _presence.GetMembers(Room));
        await VersionAsync("n", 7);
        Assert.Equal(["asked n"], TakeTold());

        await StateAsync("n", 7, 0, 3, (Room, "Bob"));
        await StateAsync("n", 7, 1, 3, (Room, "Carl"));
        await StateAsync("n", 7, 1, 3, (Room, "Carl"));
        await StateAsync("n", 7, 2, 3, (Room, "Dora"));
        Assert.Equal(["Bob", "Carl", "Dora"], _presence.GetMembers(Room));
        await VersionAsync("n", 7);
        Assert.Empty(TakeTold());
    }

    [Fact]
    public async Task Who_is_asked_tells_everybody_in_parts_of_500_and_who_is_not_meant_says_nothing()
    {
        await _chat.Servers.ReceiveAsync("presence:asked", Arguments("another"));
        await _chat.Servers.ReceiveAsync("presence:asked", Arguments((string?)null));
        Assert.Empty(TakeTold());
        await _chat.Servers.ReceiveAsync("presence:asked", Arguments("self"));
        Assert.Equal(["told 0 part 0 of 1: "], TakeTold());

        for (var i = 0; i < 501; i++)
        {
            _presence.Enter(Room, $"user {i:000}");
        }

        TakeTold();
        await _chat.Servers.ReceiveAsync("presence:asked", Arguments("self"));

        var parts = TakeTold();
        Assert.Equal(2, parts.Count);
        Assert.Equal([500, 1], parts.Select(static part => part.Split(": ")[1].Split(',').Length));
        Assert.All(parts, static part => Assert.StartsWith("told 501 part ", part, StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_a_node_all_its_people_go_and_the_first_of_those_that_are_left_tells_other_programs()
    {
        _members.Join("n");
        _members.Join("a");
        await ChangedAsync("n", 1, Room, "Ann", true);
        await ChangedAsync("n", 2, Other, "Ann", true);
        await ChangedAsync("a", 1, Room, "Zoe", true);

        _members.Leave("n");
        _members.Leave("n");
        Assert.Equal(["Zoe"], _presence.GetMembers(Room));
        Assert.Empty(_presence.GetMembers(Other));
        Assert.Empty(_noticed);

        _members.Leave("a");
        Assert.Equal(["Zoe left"], _noticed);
    }

    [Fact]
    public async Task Nobody_believes_a_node_that_is_not_there_or_comes_back_with_what_it_said_before()
    {
        await ChangedAsync("n", 1, Room, "Ann", true);
        await StateAsync("n", 1, 0, 1, (Room, "Ann"));
        await VersionAsync("n", 1);
        Assert.Empty(_presence.GetMembers(Room));
        Assert.Empty(TakeTold());

        _members.Join("n");
        await ChangedAsync("n", 1, Room, "Ann", true);
        _members.Leave("n");
        await ChangedAsync("n", 2, Room, "Bob", true);
        Assert.Empty(_presence.GetMembers(Room));

        _members.Join("n");
        await ChangedAsync("n", 2, Room, "Bob", true);
        Assert.Empty(_presence.GetMembers(Room));
        Assert.Equal(["asked n", "asked n", "asked n"], TakeTold());
    }

    [Fact]
    public async Task A_node_that_goes_while_what_it_said_is_being_taken_leaves_nobody_behind()
    {
        _members.Join("n");
        _members.Join("z");
        _members.LeavesAfterNextLook = "n";
        await ChangedAsync("n", 1, Room, "Ann", true);
        Assert.Empty(_presence.GetMembers(Room));

        _members.Join("n");
        _members.LeavesAfterNextLook = "n";
        await StateAsync("n", 1, 0, 1, (Room, "Ann"));
        Assert.Empty(_presence.GetMembers(Room));

        await ChangedAsync("z", 1, Room, "Zoe", true);
        Assert.Equal(["Zoe"], _presence.GetMembers(Room));
    }

    [Theory]
    [InlineData("presence:changed", "null")]
    [InlineData("presence:changed", "{}")]
    [InlineData("presence:changed", """{"Node":"n","Version":1,"Room":null,"Username":"Ann","IsThere":true}""")]
    [InlineData("presence:changed", """{"Node":"n","Version":1,"Room":{"Id":1,"Name":""},"Username":"Ann","IsThere":true}""")]
    [InlineData("presence:changed", "[]")]
    [InlineData("presence:told", """{"Node":"n","Version":1,"Part":0,"Parts":1,"People":[null]}""")]
    [InlineData("presence:told", """{"Node":"n","Version":1,"Part":-1,"Parts":1,"People":[]}""")]
    [InlineData("presence:told", """{"Node":"n","Version":1,"Part":1,"Parts":1,"People":[]}""")]
    [InlineData("presence:version", "null,null")]
    [InlineData("presence:version", "7")]
    public async Task What_is_none_of_what_nodes_say_changes_nothing_and_the_next_is_believed(string eventName, string arguments)
    {
        _members.Join("n");
        await _chat.Servers.ReceiveAsync(eventName, Parse(arguments));

        await ChangedAsync("n", 1, Room, "Ann", true);
        Assert.Equal(["Ann"], _presence.GetMembers(Room));
    }

    [Fact]
    public async Task After_its_end_it_tells_and_believes_nothing_and_may_be_ended_twice()
    {
        _members.Join("n");
        _bus.Dispose();
        _bus.Dispose();
        TakeTold();

        _presence.Enter(Room, "Ann");
        await ChangedAsync("n", 1, Room, "Bob", true);
        _members.Join("m");
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["Ann"], _presence.GetMembers(Room));
        Assert.Empty(TakeTold());
    }

    private Task ChangedAsync(string node, long version, ChatRoom room, string username, bool isThere) =>
        _chat.Servers.ReceiveAsync("presence:changed", Arguments(new PresenceChange(node, version, PresenceRoom.Of(room), username, isThere)));

    private Task StateAsync(string node, long version, int part, int parts, params (ChatRoom Room, string Username)[] people) => _chat.Servers.ReceiveAsync(
        "presence:told",
        Arguments(new PresenceState(node, version, part, parts, [.. people.Select(static place => new PresencePlace(PresenceRoom.Of(place.Room), place.Username))])));

    private Task VersionAsync(string node, long version) => _chat.Servers.ReceiveAsync("presence:version", Arguments(node, version));

    private static EventArguments Arguments(params object?[] arguments) => Parse(string.Join(',', arguments.Select(static argument => JsonSerializer.Serialize(argument))));

    private static EventArguments Parse(string arguments)
    {
        Assert.Equal(DecodeStatus.Complete, new PacketDecoder().Add(Encoding.UTF8.GetBytes($"2[\"event\",{arguments}]"), out var packet));
        return new EventArguments(packet.Payload, 1, new JsonCodec());
    }

    private List<string> TakeTold()
    {
        List<string> told = [.. _told.Select(Describe)];
        _told.Clear();
        return told;
    }

    private static string Describe(string json)
    {
        using var document = JsonDocument.Parse(json);
        var said = document.RootElement;

        return said[0].GetString() switch
        {
            "presence:changed" when said[1].Deserialize<PresenceChange>(JsonSerializerOptions.Web) is { } change => $"changed {change.Version} {change.Room.Name} {change.Username} {change.IsThere}",
            "presence:told" when said[1].Deserialize<PresenceState>(JsonSerializerOptions.Web) is { } state => $"told {state.Version} part {state.Part} of {state.Parts}: {string.Join(',', state.People.Select(static place => place.Username))}",
            "presence:version" => $"version {said[2]}",
            var name => $"{name!.Split(':')[1]} {said[1]}",
        };
    }

    private sealed class Members : IClusterMembers
    {
        private IReadOnlyCollection<string> _others = [];

        public event Action<string>? Left;

        public event Action<string>? Joined;

        public string Self => "self";

        /// <summary>Goes in the moment after somebody has looked whether it is there.</summary>
        public string? LeavesAfterNextLook { get; set; }

        public IReadOnlyCollection<string> Others
        {
            get
            {
                var seen = _others;

                if (LeavesAfterNextLook is { } leaving)
                {
                    LeavesAfterNextLook = null;
                    Leave(leaving);
                }

                return seen;
            }
        }

        public void Join(string node)
        {
            _others = [.. _others, node];
            Joined?.Invoke(node);
        }

        public void Leave(string node)
        {
            _others = [.. _others.Where(other => other != node)];
            Left?.Invoke(node);
        }
    }

    private sealed class Recording(List<string> told) : IAdapterDecorator
    {
        public IAdapter Decorate(Namespace owner, IAdapter adapter) => AdapterRecorder.Around(adapter, told);
    }
}
