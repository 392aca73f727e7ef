using Salon.Timing;

namespace Salon.App.Chat;

/// <summary>
/// Who is in one room: here, with how many connections, and on which other nodes. Guarded by the lock of <see cref="Presence"/>.
/// </summary>
internal sealed class RoomPresence(PresenceAnnouncing announcement, PresenceNews news)
{
    // By key, so that a name in another case is the same person.
    private readonly SortedDictionary<string, Member> _members = new(StringComparer.Ordinal);

    /// <summary>Tells the room who is there.</summary>
    public PresenceAnnouncing Announcement => announcement;

    /// <summary>What the room has not been told yet.</summary>
    public PresenceNews News => news;

    public int Count => _members.Count;

    /// <summary>How many connections here are in the room.</summary>
    public int Connections { get; private set; }

    /// <summary>How many bytes the names of all have in a list.</summary>
    public int NameBytes { get; private set; }

    public IReadOnlyList<string> Members => [.. _members.Values.Select(static member => member.Username)];

    /// <summary>Those who are here, whoever may be elsewhere.</summary>
    public IEnumerable<string> LocalMembers => _members.Values.Where(static member => member.IsHere).Select(static member => member.Username);

    public bool IsHere(string username) => _members.TryGetValue(ChatName.ToKey(username), out var member) && member.IsHere;

    /// <summary>A connection comes.</summary>
    /// <returns>Whether the person was nowhere before, and whether they were not here.</returns>
    public (bool IsArrival, bool IsLocalArrival) Enter(string username)
    {
        var (member, isNew) = FindOrAdd(username);
        var isLocalArrival = !member.IsHere;

        member.Connections++;
        Connections++;
        member.IsHere = true;
        return (isNew, isLocalArrival);
    }

    /// <summary>A connection goes; its owner stays until <see cref="Remove"/>.</summary>
    /// <param name="username">The person.</param>
    /// <param name="absence">What their absence is called if it begins now: each has a number of its own.</param>
    /// <returns>Whether it was the person's last connection here.</returns>
    public bool Leave(string username, long absence)
    {
        if (!_members.TryGetValue(ChatName.ToKey(username), out var member) || member.Connections == 0)
        {
            return false;
        }

        Connections--;
        member.Absence = absence;
        return --member.Connections == 0;
    }

    /// <summary>Forgets a person who has no connection here any more.</summary>
    /// <param name="username">The person; their name as it was when they came, afterwards.</param>
    /// <param name="absence">Since when: who has been back meanwhile stays, though they may be away again.</param>
    /// <returns>Whether they were here until now, and whether they are nowhere any more.</returns>
    public (bool IsLocalDeparture, bool IsDeparture) Remove(ref string username, long absence)
    {
        if (!_members.TryGetValue(ChatName.ToKey(username), out var member) || member is not { Connections: 0, IsHere: true } || member.Absence != absence)
        {
            return (false, false);
        }

        member.IsHere = false;
        username = member.Username;
        return (true, RemoveIfNowhere(member));
    }

    /// <returns>Whether the person was nowhere before.</returns>
    public bool EnterElsewhere(string node, string username)
    {
        var (member, isNew) = FindOrAdd(username);
        member.Nodes.Add(node);
        return isNew;
    }

    /// <returns>The person's name as it was when they came, if they are nowhere any more.</returns>
    public string? LeaveElsewhere(string node, string username) =>
        _members.TryGetValue(ChatName.ToKey(username), out var member) && member.Nodes.Remove(node) && RemoveIfNowhere(member) ? member.Username : null;

    /// <summary>Takes what the room is to be told now, and says when there is more.</summary>
    public (PresenceChanges? Changes, IReadOnlyList<string>? Members, TimeSpan? Again) TakeNews(ChatRoom room)
    {
        var telling = news.Take(Connections, Count, NameBytes);
        var changes = telling.Changes is null ? null : new PresenceChanges(room.Name, Names(isThere: true), Names(isThere: false), Count);

        return (changes, telling.IsList ? Members : null, telling.Again);

        string[] Names(bool isThere) => [.. telling.Changes.Where(change => change.IsThere == isThere).Select(static change => change.Username)];
    }

    /// <summary>Those who are on another node.</summary>
    public IEnumerable<string> GetMembers(string node) =>
        _members.Values.Where(member => member.Nodes.Contains(node)).Select(static member => member.Username);

    private bool RemoveIfNowhere(Member member)
    {
        var key = ChatName.ToKey(member.Username);

        if (member is not { IsHere: false, Nodes.Count: 0 } || !_members.Remove(key))
        {
            return false;
        }

        NameBytes -= PresenceNews.BytesOf(member.Username);
        news.Add(key, member.Username, isThere: false);
        return true;
    }

    private (Member Member, bool IsNew) FindOrAdd(string username)
    {
        var key = ChatName.ToKey(username);

        if (_members.TryGetValue(key, out var member))
        {
            return (member, false);
        }

        member = new Member(username);
        _members.Add(key, member);
        NameBytes += PresenceNews.BytesOf(username);
        news.Add(key, username, isThere: true);
        return (member, true);
    }

    private sealed class Member(string username)
    {
        private HashSet<string>? _nodes;

        public string Username => username;

        public int Connections { get; set; }

        /// <summary>The number of the last connection's going.</summary>
        public long Absence { get; set; }

        /// <summary>Whether they have a connection here, or lost it a moment ago.</summary>
        public bool IsHere { get; set; }

        public HashSet<string> Nodes => _nodes ??= new HashSet<string>(StringComparer.Ordinal);
    }
}

/// <summary>What tells a room who came and went.</summary>
internal abstract class PresenceAnnouncing : Deadline
{
    /// <summary>Something has changed.</summary>
    public abstract void ScheduleSoon();

    /// <summary>Something is left to tell.</summary>
    public abstract void ScheduleLater(TimeSpan delay);
}
