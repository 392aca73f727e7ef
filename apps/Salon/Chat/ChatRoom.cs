namespace Salon.App.Chat;

/// <summary>A room: its number in the database, and its name as its founder wrote it. Immutable.</summary>
internal sealed record ChatRoom(long Id, string Name)
{
    /// <summary>By which the room is stored: what the name has in common with others that differ only in case.</summary>
    public string Key { get; } = ToKey(Name);

    /// <summary>What the name has in common with others that look the same. Rooms from before it was compared may share one.</summary>
    public string Look { get; } = ChatName.ToKey(Name);

    /// <summary>The Socket.IO room of the connections that are in the room. The prefix keeps it apart from the ids of sockets.</summary>
    public string Group { get; } = "room:" + ToKey(Name);

    /// <remarks>Part of what is stored: never change it.</remarks>
    public static string ToKey(string name) => name.ToLowerInvariant();
}
