using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Salon.App.Chat;
using Salon.SocketIO;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>Who is in a room, here and on other nodes, and when it is told, by our clock: who loses a connection has a moment to come back.</summary>
[Trait("Stage", "fast")]
public sealed class PresenceStateTests : IAsyncLifetime
{
    private static readonly ChatRoom Room = new(1, "dev");

    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _services;
    private readonly Presence _presence;
    private readonly List<string> _noticed = [];
    private readonly List<string> _changed = [];

    public PresenceStateTests()
    {
        _services = new ServiceCollection().AddLogging().AddMetrics().AddSingleton<TimeProvider>(_time).AddSocketIO().Services.BuildServiceProvider();
        _presence = new Presence(new ChatFeed(_services.GetRequiredService<SocketIOServer>()), _time, NullLogger<Presence>.Instance);
        _presence.Noticed += notification => _noticed.Add(notification.Message);
        _presence.ChangedHere += (room, username) => _changed.Add($"{username} {_presence.IsHere(room, username)}");
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        _presence.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public void Who_loses_the_last_connection_goes_when_the_moment_is_over_and_not_before()
    {
        _presence.Enter(Room, "Ann");
        _presence.Enter(Room, "ann");
        _presence.Leave(Room, "Ann", isLost: true);
        _time.Advance(ChatLimits.DepartureGrace);
        Assert.Equal(["Ann"], _presence.GetMembers(Room));

        _presence.Leave(Room, "ann", isLost: true);
        _time.Advance(ChatLimits.DepartureGrace - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, _presence.Count(Room));
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(0, _presence.Count(Room));
        Assert.Equal(["Ann joined", "Ann left"], _noticed);
        Assert.Equal(["Ann True", "Ann False"], _changed);
        Assert.Empty(_presence.GetHere());
    }

    [Fact]
    public void Who_comes_back_in_time_was_never_gone()
    {
        _presence.Enter(Room, "Ann");

        for (var i = 0; i < 3; i++)
        {
            _presence.Leave(Room, "Ann", isLost: true);
            _time.Advance(ChatLimits.DepartureGrace / 2);
            _presence.Enter(Room, "Ann");
        }

        _time.Advance(ChatLimits.DepartureGrace * 2);
        Assert.True(_presence.IsHere(Room, "ANN"));
        Assert.Equal(["Ann joined"], _noticed);
    }

    [Fact]
    public void Who_means_to_leave_is_gone_at_once_and_leaving_again_changes_nothing()
    {
        _presence.Enter(Room, "Ann");

        _presence.Leave(Room, "Ann", isLost: false);
        _presence.Leave(Room, "Ann", isLost: false);
        _presence.Leave(Room, "Ann", isLost: true);
        _presence.Leave(new ChatRoom(2, "other"), "Ann", isLost: true);
        _time.Advance(ChatLimits.DepartureGrace * 2);

        Assert.Equal(["Ann joined", "Ann left"], _noticed);
        Assert.False(_presence.IsHere(Room, "Ann"));
    }

    [Fact]
    public void Who_is_here_and_elsewhere_is_one_person_until_both_have_gone()
    {
        _presence.EnterElsewhere("x", Room, "Ann");
        _presence.EnterElsewhere("x", Room, "Ann");
        _presence.EnterElsewhere("y", Room, "Ann");
        _presence.Enter(Room, "Ann");
        Assert.Equal((1, 1), (_presence.Count(Room), _presence.CountReceivers(Room)));

        _presence.LeaveElsewhere("x", Room, "Ann", isOurs: true);
        _presence.LeaveElsewhere("z", Room, "Ann", isOurs: true);
        _presence.Leave(Room, "Ann", isLost: false);
        Assert.Equal(["Ann"], _presence.GetMembers(Room));
        Assert.Empty(_noticed);
        _presence.LeaveElsewhere("y", Room, "Ann", isOurs: true);
        _presence.LeaveElsewhere("y", Room, "Ann", isOurs: true);

        Assert.Empty(_presence.GetMembers(Room));
        Assert.Equal(["Ann left"], _noticed);
        Assert.Equal(["Ann True", "Ann False"], _changed);
    }

    [Fact]
    public void What_is_known_of_another_node_is_told_by_room()
    {
        var other = new ChatRoom(2, "other");
        _presence.EnterElsewhere("x", Room, "Ann");
        _presence.EnterElsewhere("x", other, "Bob");
        _presence.EnterElsewhere("y", other, "Carl");
        _presence.Enter(other, "Dora");

        Assert.Equal([(Room, "Ann"), (other, "Bob")], _presence.GetElsewhere("x").OrderBy(static place => place.Username));
        Assert.Empty(_presence.GetElsewhere("z"));
        Assert.Equal([(other, "Dora")], _presence.GetHere());
        Assert.Equal([1, 3, 0], _presence.Count([Room, other, new ChatRoom(3, "none")]));
    }
}
