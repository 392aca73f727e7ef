using Salon.Timing;

namespace Salon.App.Chat;

/// <summary>
/// Who is in which room. A person may be there with several connections, and counts once; whoever loses the last one stays for a
/// moment, so that reloading a page is neither a departure nor an arrival. The lock protects all fields; nobody is told under it.
/// </summary>
internal sealed class Presence(ChatFeed feed, TimeProvider timeProvider) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly DeadlineScheduler _deadlines = new(timeProvider);
    private readonly Dictionary<ChatRoom, RoomPresence> _rooms = [];

    /// <summary>A connection of somebody comes into a room.</summary>
    public void Enter(ChatRoom room, string username)
    {
        bool isArrival;

        lock (_gate)
        {
            if (!_rooms.TryGetValue(room, out var presence))
            {
                presence = new RoomPresence(new MembersAnnouncement(this, room));
                _rooms.Add(room, presence);
            }

            isArrival = presence.Enter(username);
        }

        if (isArrival)
        {
            Announce(room, username, "joined");
        }
    }

    /// <summary>A connection of somebody leaves a room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="username">Who.</param>
    /// <param name="isLost">Whether the connection was lost, so that it may come back; otherwise its owner meant to leave.</param>
    public void Leave(ChatRoom room, string username, bool isLost)
    {
        lock (_gate)
        {
            if (!_rooms.TryGetValue(room, out var presence) || !presence.Leave(username))
            {
                return;
            }
        }

        if (isLost)
        {
            _deadlines.Schedule(new Departure(this, room, username), ChatLimits.DepartureGrace);
        }
        else
        {
            Depart(room, username);
        }
    }

    /// <summary>The people in a room, in alphabetical order.</summary>
    public IReadOnlyList<string> GetMembers(ChatRoom room)
    {
        lock (_gate)
        {
            return _rooms.TryGetValue(room, out var presence) ? presence.Members : [];
        }
    }

    public int Count(ChatRoom room)
    {
        lock (_gate)
        {
            return _rooms.TryGetValue(room, out var presence) ? presence.Count : 0;
        }
    }

    public void Dispose() => _deadlines.Dispose();

    private void Depart(ChatRoom room, string username)
    {
        lock (_gate)
        {
            if (!_rooms.TryGetValue(room, out var presence) || presence.Remove(username) is not { } name)
            {
                // Back again.
                return;
            }

            username = name;

            if (presence.Count == 0)
            {
                _rooms.Remove(room);
            }
        }

        Announce(room, username, "left");
    }

    private void Announce(ChatRoom room, string username, string kind)
    {
        feed.Notify(room, new Notification(room.Name, $"{username} {kind}", timeProvider.GetUtcNow().UtcDateTime, kind, username));

        lock (_gate)
        {
            if (!_rooms.TryGetValue(room, out var presence) || presence.Announcement.Lane is not null)
            {
                return;
            }

            _deadlines.Schedule(presence.Announcement, ChatLimits.PresenceInterval);
        }
    }

    private void AnnounceMembers(ChatRoom room) => feed.AnnouncePresence(room, GetMembers(room));

    private sealed class Departure(Presence presence, ChatRoom room, string username) : Deadline
    {
        protected internal override void OnDue() => presence.Depart(room, username);
    }

    /// <summary>Tells a room who is there, once for all that changed in a short while.</summary>
    private sealed class MembersAnnouncement(Presence presence, ChatRoom room) : Deadline
    {
        protected internal override void OnDue() => presence.AnnounceMembers(room);
    }
}
