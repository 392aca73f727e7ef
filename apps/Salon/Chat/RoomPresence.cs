using Salon.Timing;

namespace Salon.App.Chat;

/// <summary>
/// Who is in one room: here, with how many connections, and on which other nodes. Guarded by the lock of <see cref="Presence"/>.
/// </summary>
internal sealed class RoomPresence(Deadline announcement)
{
    // By key, so that a name in another case is the same person.
    private readonly SortedDictionary<string, Member> _members = new(StringComparer.Ordinal);

    /// <summary>Tells the room who is there.</summary>
    public Deadline Announcement => announcement;

    public int Count => _members.Count;

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
        member.IsHere = true;
        return (isNew, isLocalArrival);
    }

    /// <summary>A connection goes; its owner stays until <see cref="Remove"/>.</summary>
    /// <returns>Whether it was the person's last connection here.</returns>
    public bool Leave(string username) =>
        _members.TryGetValue(ChatName.ToKey(username), out var member) && member.Connections > 0 && --member.Connections == 0;

    /// <summary>Forgets a person who has no connection here any more.</summary>
    /// <param name="username">The person; their name as it was when they came, afterwards.</param>
    /// <returns>Whether they were here until now, and whether they are nowhere any more.</returns>
    public (bool IsLocalDeparture, bool IsDeparture) Remove(ref string username)
    {
        if (!_members.TryGetValue(ChatName.ToKey(username), out var member) || member is not { Connections: 0, IsHere: true })
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

    /// <summary>Those who are on another node.</summary>
    public IEnumerable<string> GetMembers(string node) =>
        _members.Values.Where(member => member.Nodes.Contains(node)).Select(static member => member.Username);

    private bool RemoveIfNowhere(Member member) =>
        member is { IsHere: false, Nodes.Count: 0 } && _members.Remove(ChatName.ToKey(member.Username));

    private (Member Member, bool IsNew) FindOrAdd(string username)
    {
        if (_members.TryGetValue(ChatName.ToKey(username), out var member))
        {
            return (member, false);
        }

        member = new Member(username);
        _members.Add(ChatName.ToKey(username), member);
        return (member, true);
    }

    private sealed class Member(string username)
    {
        private HashSet<string>? _nodes;

        public string Username => username;

        public int Connections { get; set; }

        /// <summary>Whether they have a connection here, or lost it a moment ago.</summary>
        public bool IsHere { get; set; }

        public HashSet<string> Nodes => _nodes ??= new HashSet<string>(StringComparer.Ordinal);
    }
}
