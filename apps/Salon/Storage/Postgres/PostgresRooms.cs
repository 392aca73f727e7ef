using Npgsql;
using Salon.App.Chat;

namespace Salon.App.Storage.Postgres;

/// <summary>The SQL of rooms.</summary>
internal static class PostgresRooms
{
    /// <summary>What all nodes agree on to found rooms one after the other, so that the bound on their number holds.</summary>
    private const long FoundingLock = 0x53616C6F6E_02;

    public static async Task<List<ChatRoom>> ReadAllAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT id, name FROM rooms", connection);
        return await ReadAsync(command);
    }

    public static async Task<ChatRoom?> FindAsync(NpgsqlConnection connection, string key)
    {
        await using var command = new NpgsqlCommand("SELECT id, name FROM rooms WHERE key = $1", connection) { Parameters = { Text(key) } };
        return (await ReadAsync(command)).SingleOrDefault();
    }

    /// <summary>Founds a room in one round trip, and one transaction, unless there is one of its name or there are too many.</summary>
    /// <returns>Whether it was founded.</returns>
    public static async Task<bool> FoundAsync(NpgsqlConnection connection, NewRoom room, int maxRooms)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand($"SELECT pg_advisory_xact_lock({FoundingLock})"),
                new NpgsqlBatchCommand(
                    """
                    INSERT INTO rooms (key, name, created_by, created_at, kept_at)
                    SELECT $1, $2, $3, $4, $4 WHERE (SELECT count(*) FROM rooms) < $5
                    ON CONFLICT (key) DO NOTHING
                    """)
                {
                    Parameters =
                    {
                        Text(room.Key),
                        Text(room.Name),
                        Text(room.Founder),
                        new NpgsqlParameter<DateTime> { TypedValue = room.Time.UtcDateTime },
                        new NpgsqlParameter<int> { TypedValue = maxRooms },
                    },
                },
            },
        };

        await batch.ExecuteNonQueryAsync();
        return batch.BatchCommands[1].RecordsAffected == 1;
    }

    /// <summary>The number of the newest message in each of some rooms.</summary>
    public static async Task<List<(ChatRoom Room, long Head)>> ReadHeadsAsync(NpgsqlConnection connection, IReadOnlyList<ChatRoom> rooms)
    {
        var known = rooms.ToDictionary(static room => room.Id);
        await using var command = new NpgsqlCommand("SELECT id, head FROM rooms WHERE id = ANY($1)", connection)
        {
            Parameters = { new NpgsqlParameter<long[]> { TypedValue = [.. known.Keys] } },
        };
        await using var reader = await command.ExecuteReaderAsync();
        var heads = new List<(ChatRoom, long)>();

        while (await reader.ReadAsync())
        {
            heads.Add((known[reader.GetInt64(0)], reader.GetInt64(1)));
        }

        return heads;
    }

    /// <summary>Notes that somebody is in some rooms.</summary>
    /// <returns>How many of them are there.</returns>
    public static async Task<int> KeepAsync(NpgsqlConnection connection, IReadOnlyList<ChatRoom> rooms, DateTimeOffset time)
    {
        // In the order in which those lock rooms who append to them.
        const string Sql =
            """
            UPDATE rooms SET kept_at = greatest(kept_at, $2)
            FROM (SELECT id FROM rooms WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE) AS kept
            WHERE rooms.id = kept.id
            """;
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long[]> { TypedValue = [.. rooms.Select(static room => room.Id)] },
                new NpgsqlParameter<DateTime> { TypedValue = time.UtcDateTime },
            },
        };

        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Removes the rooms in which no message ever was, and which nobody has kept since a time.</summary>
    public static async Task<List<ChatRoom>> RemoveUnusedAsync(NpgsqlConnection connection, DateTimeOffset since)
    {
        // Whoever has a row appends to the room, or keeps it: then it is not unused.
        const string Sql =
            """
            DELETE FROM rooms
            WHERE id IN (SELECT id FROM rooms WHERE head = 0 AND kept_at < $1 AND key <> $2 FOR UPDATE SKIP LOCKED)
            RETURNING id, name
            """;
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters = { new NpgsqlParameter<DateTime> { TypedValue = since.UtcDateTime }, Text(RoomDirectory.General) },
        };

        return await ReadAsync(command);
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static async Task<List<ChatRoom>> ReadAsync(NpgsqlCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync();
        var rooms = new List<ChatRoom>();

        while (await reader.ReadAsync())
        {
            rooms.Add(new ChatRoom(reader.GetInt64(0), reader.GetString(1)));
        }

        return rooms;
    }
}
