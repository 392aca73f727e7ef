using System.Text.Json.Serialization;

namespace Salon.App.Chat.Cluster;

/// <summary>What one node tells of a person: whether one of its connections is theirs in a room.</summary>
/// <param name="Node">The node's id in the cluster.</param>
/// <param name="Version">How many changes the node has told, this one included.</param>
/// <param name="Room">The room.</param>
/// <param name="Username">Who.</param>
/// <param name="IsThere">Whether they came or went.</param>
internal sealed record PresenceChange(string Node, long Version, PresenceRoom Room, string Username, bool IsThere)
{
    /// <summary>Whether all that it needs is there: what is missing would be null.</summary>
    [JsonIgnore]
    public bool IsWhole => Node is not null && PresencePlace.IsWhole(Room, Username);
}

/// <summary>All that a node has to tell, in parts.</summary>
/// <param name="Node">The node's id in the cluster.</param>
/// <param name="Version">As of which change.</param>
/// <param name="Part">Which part this is, from 0.</param>
/// <param name="Parts">How many there are.</param>
/// <param name="People">Who is where.</param>
internal sealed record PresenceState(string Node, long Version, int Part, int Parts, IReadOnlyList<PresencePlace> People)
{
    private const int MaxPeople = 10_000;

    /// <inheritdoc cref="PresenceChange.IsWhole"/>
    [JsonIgnore]
    public bool IsWhole => Node is not null && Part >= 0 && Part < Parts && People is { Count: <= MaxPeople } && People.All(static place => place is not null && PresencePlace.IsWhole(place.Room, place.Username));
}

/// <summary>Somebody in a room.</summary>
internal sealed record PresencePlace(PresenceRoom Room, string Username)
{
    // Far more than any version of Salon lets names have.
    private const int MaxLength = 1000;

    public static bool IsWhole(PresenceRoom? room, string? username) => room?.Name is { Length: > 0 and <= MaxLength } && username is { Length: > 0 and <= MaxLength };
}

/// <summary>A room, for nodes that may not have heard of it.</summary>
internal sealed record PresenceRoom(long Id, string Name)
{
    public static PresenceRoom Of(ChatRoom room) => new(room.Id, room.Name);

    public ChatRoom ToRoom() => new(Id, Name);
}
