using Dapper;
using Microsoft.Data.Sqlite;
using Salon.App.Chat;

namespace Salon.App.Storage.Sqlite;

/// <summary>The SQL of rooms.</summary>
internal static class SqliteRooms
{
    public static (ChatRoom Room, bool IsNew)? Found(SqliteTransaction transaction, NewRoom room, int maxRooms)
    {
        if (Find(transaction, room.Key) is { } known)
        {
            return (known, false);
        }

        var connection = transaction.Connection!;

        if (connection.ExecuteScalar<long>("SELECT count(*) FROM rooms", transaction: transaction) >= maxRooms)
        {
            return null;
        }

        var id = connection.ExecuteScalar<long>("UPDATE room_ids SET last = last + 1 RETURNING last", transaction: transaction);

        connection.Execute(
            "INSERT INTO rooms (id, key, name, created_by, created_at, kept_at) VALUES (@id, @Key, @Name, @Founder, @Time, @Time)",
            new { id, room.Key, room.Name, room.Founder, Time = room.Time.ToUnixTimeMilliseconds() },
            transaction);

        return (new ChatRoom(id, room.Name), true);
    }

    public static ChatRoom? Find(SqliteTransaction transaction, string key)
    {
        var (id, name) = transaction.Connection!.QuerySingleOrDefault<(long Id, string? Name)>(
            "SELECT id, name FROM rooms WHERE key = @key", new { key }, transaction);

        return name is null ? null : new ChatRoom(id, name);
    }

    public static IReadOnlyList<ChatRoom> ReadAll(SqliteTransaction transaction) =>
        ToRooms(transaction.Connection!.Query<(long Id, string Name)>("SELECT id, name FROM rooms", transaction: transaction));

    public static int Keep(SqliteTransaction transaction, IReadOnlyList<ChatRoom> rooms, DateTimeOffset time) => rooms.Sum(room => transaction.Connection!.Execute(
        "UPDATE rooms SET kept_at = max(kept_at, @Time) WHERE id = @Id", new { room.Id, Time = time.ToUnixTimeMilliseconds() }, transaction));

    public static IReadOnlyList<ChatRoom> RemoveUnused(SqliteTransaction transaction, DateTimeOffset since) => ToRooms(transaction.Connection!.Query<(long Id, string Name)>(
        "DELETE FROM rooms WHERE head = 0 AND kept_at < @Since AND key <> @General RETURNING id, name",
        new { Since = since.ToUnixTimeMilliseconds(), RoomDirectory.General },
        transaction));

    private static List<ChatRoom> ToRooms(IEnumerable<(long Id, string Name)> rows) => [.. rows.Select(static row => new ChatRoom(row.Id, row.Name))];
}
