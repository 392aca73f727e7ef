using Salon.Timing;

namespace Salon.App.Chat;

/// <summary>Who is in one room, and with how many connections. Guarded by the lock of <see cref="Presence"/>.</summary>
internal sealed class RoomPresence(Deadline announcement)
{
    // By key, so that a name in another case is the same person.
    private readonly SortedDictionary<string, Member> _members = new(StringComparer.Ordinal);

    /// <summary>Tells the room who is there.</summary>
    public Deadline Announcement => announcement;

    public int Count => _members.Count;

    public IReadOnlyList<string> Members => [.. _members.Values.Select(static member => member.Username)];

    /// <returns>Whether the person was not there before.</returns>
    public bool Enter(string username)
    {
        if (_members.TryGetValue(ChatName.ToKey(username), out var member))
        {
            member.Connections++;
            return false;
        }

        _members.Add(ChatName.ToKey(username), new Member(username) { Connections = 1 });
        return true;
    }

    /// <returns>Whether it was the person's last connection.</returns>
    public bool Leave(string username) =>
        _members.TryGetValue(ChatName.ToKey(username), out var member) && member.Connections > 0 && --member.Connections == 0;

    /// <summary>Forgets a person who has no connection any more.</summary>
    /// <returns>The person's name as it was when they came; <see langword="null"/> when they are here.</returns>
    public string? Remove(string username) =>
        _members.TryGetValue(ChatName.ToKey(username), out var member) && member.Connections == 0 && _members.Remove(ChatName.ToKey(username))
            ? member.Username
            : null;

    private sealed class Member(string username)
    {
        public string Username => username;

        public int Connections { get; set; }
    }
}
