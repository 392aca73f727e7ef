using Salon.App.Chat;
using Salon.App.Hosting.Budgets;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>Who is in a room, and in which rooms a connection is.</summary>
[Trait("Stage", "fast")]
public class ChatStateTests
{
    private static readonly ChatRoom Dev = new(1, "Dev");
    private static readonly ChatRoom Zoo = new(2, "Zoo");

    private readonly RoomPresence _presence;

    public ChatStateTests()
    {
        var time = new ManualTimeProvider();
        _presence = new RoomPresence(new NoAnnouncing(), new PresenceNews(new TokenBucket(ChatLimits.PresenceBytes, time), time));
    }

    [Fact]
    public void A_connection_that_has_ended_joins_nothing_any_more()
    {
        var rooms = new JoinedRooms();
        Assert.True(rooms.TryAdd(Dev));
        Assert.False(rooms.TryAdd(Dev));
        Assert.True(rooms.CanAdd(Zoo));

        Assert.Equal([Dev], rooms.Close());

        Assert.False(rooms.CanAdd(Zoo));
        Assert.False(rooms.TryAdd(Zoo));
        Assert.Equal(0, rooms.Count);
        Assert.Empty(rooms.Close());
    }

    [Fact]
    public void A_room_is_left_once()
    {
        var rooms = new JoinedRooms();
        rooms.TryAdd(Dev);

        Assert.True(rooms.Remove(Dev));
        Assert.False(rooms.Remove(Dev));
        Assert.False(rooms.Contains(Dev));
    }

    [Fact]
    public void A_person_with_two_connections_counts_once_and_each_connection_is_told()
    {
        Assert.Equal((true, true), _presence.Enter("Bob"));
        Assert.Equal((false, false), _presence.Enter("BOB"));
        Assert.Equal((1, 2), (_presence.Count, _presence.Connections));

        Assert.False(_presence.Leave("bob", absence: 1));
        Assert.True(_presence.Leave("Bob", absence: 1));
        Assert.False(_presence.Leave("Bob", absence: 1));
        Assert.Equal((1, 0), (_presence.Count, _presence.Connections));
    }

    [Fact]
    public void Who_is_elsewhere_too_stays_when_the_last_connection_here_goes()
    {
        _presence.Enter("Bob");
        Assert.False(_presence.EnterElsewhere("node", "bob"));
        _presence.Leave("Bob", absence: 1);
        var name = "bob";

        Assert.Equal((true, false), _presence.Remove(ref name, absence: 1));
        Assert.Equal("Bob", name);
        Assert.Equal(["Bob"], _presence.GetMembers("node"));
        Assert.Equal("Bob", _presence.LeaveElsewhere("node", "BOB"));
        Assert.Equal((0, 0), (_presence.Count, _presence.NameBytes));
    }

    [Fact]
    public void Who_came_back_is_not_removed()
    {
        _presence.Enter("Bob");
        _presence.Leave("Bob", absence: 1);
        _presence.Enter("Bob");
        var name = "Bob";

        Assert.Equal((false, false), _presence.Remove(ref name, absence: 1));
        Assert.True(_presence.IsHere("bob"));
    }

    private sealed class NoAnnouncing : PresenceAnnouncing
    {
        public override void ScheduleSoon()
        {
        }

        public override void ScheduleLater(TimeSpan delay)
        {
        }

        protected internal override void OnDue()
        {
        }
    }
}
