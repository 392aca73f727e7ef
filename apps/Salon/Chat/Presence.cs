using Salon.App.Hosting.Budgets;
using Salon.Supervision;
using Salon.Timing;

namespace Salon.App.Chat;

/// <summary>
/// Who is in which room, here and on other nodes. A person may be there with several connections, and counts once; whoever loses the last
/// one stays for a moment, so that reloading a page is neither a departure nor an arrival. Each node tells those who are connected to it.
/// The lock protects all fields; nobody is told under it.
/// </summary>
internal sealed class Presence(ChatFeed feed, TimeProvider timeProvider, ILogger<Presence> logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly DeadlineScheduler _deadlines = new(timeProvider, new Guard(logger));
    private readonly Dictionary<ChatRoom, RoomPresence> _rooms = [];
    private readonly TokenBucket _bytes = new(ChatLimits.PresenceBytes, timeProvider);
    private long _absences;

    /// <summary>
    /// Somebody's first connection here has come into a room, or their last has gone: for the other nodes. Two such events may come in another
    /// order than what they tell of: <see cref="IsHere"/> says what is.
    /// </summary>
    public event Action<ChatRoom, string>? ChangedHere;

    /// <summary>Somebody has come into a room, or left it, and this node has seen it first: for other programs.</summary>
    public event Action<Notification>? Noticed;

    /// <summary>A connection of somebody comes into a room.</summary>
    public void Enter(ChatRoom room, string username)
    {
        bool isArrival, isLocalArrival;

        lock (_gate)
        {
            (isArrival, isLocalArrival) = FindOrAdd(room).Enter(username);
        }

        if (isLocalArrival)
        {
            ChangedHere?.Invoke(room, username);
        }

        if (isArrival)
        {
            Announce(room, username, "joined", isOurs: true);
        }
    }

    /// <summary>A connection of somebody leaves a room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="username">Who.</param>
    /// <param name="isLost">Whether the connection was lost, so that it may come back; otherwise its owner meant to leave.</param>
    public void Leave(ChatRoom room, string username, bool isLost)
    {
        long absence;

        lock (_gate)
        {
            absence = ++_absences;

            if (!_rooms.TryGetValue(room, out var presence) || !presence.Leave(username, absence))
            {
                return;
            }
        }

        if (isLost)
        {
            _deadlines.Schedule(new Departure(this, room, username, absence), ChatLimits.DepartureGrace);
        }
        else
        {
            Depart(room, username, absence);
        }
    }

    /// <summary>Somebody has come into a room on another node.</summary>
    public void EnterElsewhere(string node, ChatRoom room, string username)
    {
        bool isArrival;

        lock (_gate)
        {
            isArrival = FindOrAdd(room).EnterElsewhere(node, username);
        }

        if (isArrival)
        {
            Announce(room, username, "joined", isOurs: false);
        }
    }

    /// <summary>Somebody has left a room on another node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="room">The room.</param>
    /// <param name="username">Who.</param>
    /// <param name="isOurs">Whether this node is the one to tell other programs.</param>
    public void LeaveElsewhere(string node, ChatRoom room, string username, bool isOurs = false)
    {
        string? departed;

        lock (_gate)
        {
            departed = _rooms.GetValueOrDefault(room)?.LeaveElsewhere(node, username);
            RemoveIfEmpty(room);
        }

        if (departed is not null)
        {
            Announce(room, departed, "left", isOurs);
        }
    }

    /// <summary>Whether somebody has a connection here that is in a room, or lost it a moment ago.</summary>
    public bool IsHere(ChatRoom room, string username)
    {
        lock (_gate)
        {
            return _rooms.GetValueOrDefault(room)?.IsHere(username) == true;
        }
    }

    /// <summary>Who is here, in all rooms.</summary>
    public IReadOnlyList<(ChatRoom Room, string Username)> GetHere()
    {
        lock (_gate)
        {
            return [.. _rooms.SelectMany(static room => room.Value.LocalMembers.Select(username => (room.Key, username)))];
        }
    }

    /// <summary>Who is on another node, in all rooms, as far as it is known.</summary>
    public IReadOnlyList<(ChatRoom Room, string Username)> GetElsewhere(string node)
    {
        lock (_gate)
        {
            return [.. _rooms.SelectMany(room => room.Value.GetMembers(node).Select(username => (room.Key, username)))];
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

    public int Count(ChatRoom room) => Count([room])[0];

    /// <summary>How many people are in each of some rooms.</summary>
    public int[] Count(ReadOnlySpan<ChatRoom> rooms)
    {
        var counts = new int[rooms.Length];

        lock (_gate)
        {
            for (var i = 0; i < rooms.Length; i++)
            {
                counts[i] = _rooms.TryGetValue(rooms[i], out var presence) ? presence.Count : 0;
            }
        }

        return counts;
    }

    /// <summary>How many get what is said in a room, as far as it is known: the connections here, and the people elsewhere.</summary>
    public int CountReceivers(ChatRoom room)
    {
        lock (_gate)
        {
            return _rooms.TryGetValue(room, out var presence) ? Math.Max(presence.Connections, presence.Count) : 1;
        }
    }

    public void Dispose() => _deadlines.Dispose();

    private RoomPresence FindOrAdd(ChatRoom room)
    {
        if (!_rooms.TryGetValue(room, out var presence))
        {
            presence = new RoomPresence(new Announcement(this, room), new PresenceNews(_bytes, timeProvider));
            _rooms.Add(room, presence);
        }

        return presence;
    }

    private void RemoveIfEmpty(ChatRoom room)
    {
        if (_rooms.TryGetValue(room, out var presence) && presence.Count == 0)
        {
            _rooms.Remove(room);
        }
    }

    private void Depart(ChatRoom room, string username, long absence)
    {
        bool isLocalDeparture, isDeparture;

        lock (_gate)
        {
            // Not those who are back again, or were and have a moment of their own since.
            (isLocalDeparture, isDeparture) = _rooms.TryGetValue(room, out var presence) ? presence.Remove(ref username, absence) : (false, false);
            RemoveIfEmpty(room);
        }

        if (isLocalDeparture)
        {
            ChangedHere?.Invoke(room, username);
        }

        if (isDeparture)
        {
            Announce(room, username, "left", isOurs: true);
        }
    }

    private void Announce(ChatRoom room, string username, string kind, bool isOurs)
    {
        var notification = new Notification(room.Name, $"{username} {kind}", timeProvider.GetUtcNow().UtcDateTime, kind, username);
        var isTold = false;

        lock (_gate)
        {
            if (_rooms.TryGetValue(room, out var presence))
            {
                isTold = presence.News.TryTakeLine(presence.Connections);
                presence.Announcement.ScheduleSoon();
            }
        }

        if (isTold)
        {
            feed.Notify(room, notification);
        }

        if (isOurs)
        {
            Noticed?.Invoke(notification);
        }
    }

    private void AnnounceNews(ChatRoom room)
    {
        PresenceChanges? changes;
        IReadOnlyList<string>? members;

        lock (_gate)
        {
            if (!_rooms.TryGetValue(room, out var presence))
            {
                return;
            }

            (changes, members, var again) = presence.TakeNews(room);

            if (again is { } delay)
            {
                presence.Announcement.ScheduleLater(delay);
            }
        }

        if (changes is not null)
        {
            feed.AnnounceChanges(room, changes);
        }

        if (members is not null)
        {
            feed.AnnouncePresence(room, members);
        }
    }

    private sealed class Departure(Presence presence, ChatRoom room, string username, long absence) : Deadline
    {
        protected internal override void OnDue() => presence.Depart(room, username, absence);
    }

    /// <summary>Tells a room who came and went, once for all that changed in a short while. Scheduled under the lock.</summary>
    private sealed class Announcement(Presence presence, ChatRoom room) : PresenceAnnouncing
    {
        private bool _isFar;

        public override void ScheduleSoon()
        {
            if (Lane is null || _isFar)
            {
                _isFar = false;
                presence._deadlines.Schedule(this, ChatLimits.PresenceInterval);
            }
        }

        public override void ScheduleLater(TimeSpan delay)
        {
            // Not if something new has come, which may be told sooner.
            if (Lane is null)
            {
                _isFar = true;
                presence._deadlines.Schedule(this, delay);
            }
        }

        protected internal override void OnDue() => presence.AnnounceNews(room);
    }
}
