using Microsoft.Data.Sqlite;
using Salon.App.Chat;

namespace Salon.App.Storage.Sqlite;

/// <summary>The chat in SQLite. Its statements run on the threads of <see cref="SqliteDatabase"/>, never on the caller's.</summary>
internal sealed class SqliteChatStore(SqliteDatabase database) : IChatStore
{
    public Task<IReadOnlyList<StoredMessage?>> AppendAsync(IReadOnlyList<NewMessage> messages) =>
        database.WriteAsync<IReadOnlyList<StoredMessage?>>(transaction => [.. messages.Select(message => Append(transaction, message))], goOnHere: true);

    public Task<(ChatRoom Room, bool IsNew)?> FoundAsync(NewRoom room, int maxRooms) => database.WriteAsync(transaction => SqliteRooms.Found(transaction, room, maxRooms));

    public Task<ChatRoom?> FindRoomAsync(string key) => database.ReadAsync(transaction => SqliteRooms.Find(transaction, key));

    public Task<int> KeepAsync(IReadOnlyList<ChatRoom> rooms, DateTimeOffset time) => database.WriteAsync(transaction => SqliteRooms.Keep(transaction, rooms, time));

    public Task<IReadOnlyList<ChatRoom>> RemoveUnusedAsync(DateTimeOffset since) => database.WriteAsync(transaction => SqliteRooms.RemoveUnused(transaction, since));

    public Task<IReadOnlyList<ChatRoom>> ReadRoomsAsync() => database.ReadAsync(SqliteRooms.ReadAll);

    public Task<IReadOnlyList<(ChatRoom Room, long Head)>> ReadHeadsAsync(IReadOnlyList<ChatRoom> rooms) =>
        database.ReadAsync<IReadOnlyList<(ChatRoom, long)>>(transaction => [.. rooms.Select(room => (room, SqliteMessages.ReadHead(transaction, room)))]);

    public Task<(HistoryPage Page, long Head)> ReadAfterAsync(ChatRoom room, long since, int limit) => database.ReadAsync(transaction =>
        (HistoryPage.Oldest(SqliteMessages.ReadAfter(transaction, room, since, limit + 1), limit), SqliteMessages.ReadHead(transaction, room)));

    public Task<(HistoryPage Page, long Head)> ReadBeforeAsync(ChatRoom room, long before, int limit) => database.ReadAsync(transaction =>
        (HistoryPage.Newest(SqliteMessages.ReadBefore(transaction, room, before, limit + 1), limit), SqliteMessages.ReadHead(transaction, room)));

    private static StoredMessage? Append(SqliteTransaction transaction, NewMessage message)
    {
        if (SqliteMessages.FindSent(transaction, message) is { } sent)
        {
            return new StoredMessage(sent, IsNew: false);
        }

        return SqliteMessages.Append(transaction, message) is { } stored ? new StoredMessage(stored, IsNew: true) : null;
    }
}
