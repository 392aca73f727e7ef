using Dapper;
using Microsoft.Data.Sqlite;
using Salon.App.Chat;

namespace Salon.App.Storage.Sqlite;

/// <summary>The chat in SQLite, which answers in microseconds: its methods are done when they return.</summary>
internal sealed class SqliteChatStore(SqliteDatabase database) : IChatStore
{
    public Task<IReadOnlyList<StoredMessage>> AppendAsync(IReadOnlyList<NewMessage> messages) =>
        Task.FromResult<IReadOnlyList<StoredMessage>>(database.Write(transaction => messages.Select(message => Append(transaction, message)).ToList()));

    // A write waits for the disk, and the caller may be a thread that has others to serve.
    public Task<(ChatRoom Room, bool IsNew)?> FoundAsync(NewRoom room, int maxRooms) =>
        Task.Run(() => database.Write(transaction => Found(transaction, room, maxRooms)));

    public Task<ChatRoom?> FindRoomAsync(string key) => Task.FromResult(database.Read(transaction => FindRoom(transaction, key)));

    public Task<IReadOnlyList<ChatRoom>> ReadRoomsAsync() => Task.FromResult<IReadOnlyList<ChatRoom>>(database.Read(static transaction =>
        transaction.Connection!.Query<(long Id, string Name)>("SELECT id, name FROM rooms", transaction: transaction)
            .Select(static row => new ChatRoom(row.Id, row.Name))
            .ToList()));

    public Task<IReadOnlyList<(ChatRoom Room, long Head)>> ReadHeadsAsync(IReadOnlyList<ChatRoom> rooms) =>
        Task.FromResult<IReadOnlyList<(ChatRoom, long)>>(database.Read(transaction => rooms.Select(room => (room, SqliteMessages.ReadHead(transaction, room))).ToList()));

    public Task<(HistoryPage Page, long Head)> ReadAfterAsync(ChatRoom room, long since, int limit) => Task.FromResult(database.Read(transaction =>
        (HistoryPage.Oldest(SqliteMessages.ReadAfter(transaction, room, since, limit + 1), limit), SqliteMessages.ReadHead(transaction, room))));

    public Task<(HistoryPage Page, long Head)> ReadBeforeAsync(ChatRoom room, long before, int limit) => Task.FromResult(database.Read(transaction =>
        (HistoryPage.Newest(SqliteMessages.ReadBefore(transaction, room, before, limit + 1), limit), SqliteMessages.ReadHead(transaction, room))));

    private static StoredMessage Append(SqliteTransaction transaction, NewMessage message) =>
        SqliteMessages.FindSent(transaction, message) is { } sent
            ? new StoredMessage(sent, IsNew: false)
            : new StoredMessage(SqliteMessages.Append(transaction, message), IsNew: true);

    private static (ChatRoom Room, bool IsNew)? Found(SqliteTransaction transaction, NewRoom room, int maxRooms)
    {
        var isNew = transaction.Connection!.Execute(
            """
            INSERT INTO rooms (key, name, created_by, created_at)
            SELECT @Key, @Name, @Founder, @Time WHERE (SELECT count(*) FROM rooms) < @maxRooms
            ON CONFLICT (key) DO NOTHING
            """,
            new { room.Key, room.Name, room.Founder, Time = room.Time.ToUnixTimeMilliseconds(), maxRooms },
            transaction) == 1;

        return FindRoom(transaction, room.Key) is { } found ? (found, isNew) : null;
    }

    private static ChatRoom? FindRoom(SqliteTransaction transaction, string key)
    {
        var (id, name) = transaction.Connection!.QuerySingleOrDefault<(long Id, string? Name)>(
            "SELECT id, name FROM rooms WHERE key = @key", new { key }, transaction);

        return name is null ? null : new ChatRoom(id, name);
    }
}
