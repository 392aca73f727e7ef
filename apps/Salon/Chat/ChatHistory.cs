using Salon.App.Storage;

namespace Salon.App.Chat;

/// <summary>Reads what was said. Thread-safe; each call has a connection of its own.</summary>
internal sealed class ChatHistory(Database database)
{
    /// <summary>The messages after a number, oldest first, and the number of the newest message in the room.</summary>
    public (HistoryPage Page, long Head) Since(ChatRoom room, long since, int limit)
    {
        using var connection = database.OpenForReading();

        return (HistoryPage.Oldest(MessageTable.ReadAfter(connection, room, since, limit + 1), limit), MessageTable.ReadHead(connection, room));
    }

    /// <summary>The newest messages before a number, oldest first, and the number of the newest message in the room.</summary>
    public (HistoryPage Page, long Head) Before(ChatRoom room, long before, int limit)
    {
        using var connection = database.OpenForReading();

        return (HistoryPage.Newest(MessageTable.ReadBefore(connection, room, before, limit + 1), limit), MessageTable.ReadHead(connection, room));
    }
}
