using Salon.App.Storage;

namespace Salon.App.Chat;

/// <summary>Where the chat is kept. Other processes may write to it at the same time. Thread-safe.</summary>
/// <remarks>Every method throws a <see cref="StorageException"/> when the database does not do what it was asked.</remarks>
internal interface IChatStore
{
    /// <summary>
    /// Stores messages in one transaction, and gives each the number after the last of its room: without gaps, and unique whoever writes. A
    /// message whose writer has sent one of the same <see cref="NewMessage.ClientMsgId"/> to the room before is not stored again.
    /// </summary>
    /// <returns>
    /// For each, in order, the message as it is stored: it, or the one from before. They are safe on the disk. <see langword="null"/> for one
    /// whose room is not there any more. What waits for it may go on at the thread that has written, and must not keep it.
    /// </returns>
    Task<IReadOnlyList<StoredMessage?>> AppendAsync(IReadOnlyList<NewMessage> messages);

    /// <summary>Gives the room of a name, and founds it when there is none.</summary>
    /// <returns>The room, and whether it is new; <see langword="null"/> when there are <paramref name="maxRooms"/> already.</returns>
    Task<(ChatRoom Room, bool IsNew)?> FoundAsync(NewRoom room, int maxRooms);

    Task<ChatRoom?> FindRoomAsync(string key);

    /// <summary>Notes that somebody is in some rooms, so that they are not removed.</summary>
    /// <returns>How many of them are there.</returns>
    Task<int> KeepAsync(IReadOnlyList<ChatRoom> rooms, DateTimeOffset time);

    /// <summary>Removes the rooms, except the one that always exists, in which no message ever was, and which nobody has kept since a time.</summary>
    /// <returns>Those that were removed. Their numbers are never given again.</returns>
    Task<IReadOnlyList<ChatRoom>> RemoveUnusedAsync(DateTimeOffset since);

    Task<IReadOnlyList<ChatRoom>> ReadRoomsAsync();

    /// <summary>The number of the newest message in each of some rooms.</summary>
    Task<IReadOnlyList<(ChatRoom Room, long Head)>> ReadHeadsAsync(IReadOnlyList<ChatRoom> rooms);

    /// <summary>The messages after a number, oldest first, and the number of the newest message in the room, both of one moment.</summary>
    Task<(HistoryPage Page, long Head)> ReadAfterAsync(ChatRoom room, long since, int limit);

    /// <summary>The newest messages before a number, oldest first, and the number of the newest message in the room, both of one moment.</summary>
    Task<(HistoryPage Page, long Head)> ReadBeforeAsync(ChatRoom room, long before, int limit);
}
