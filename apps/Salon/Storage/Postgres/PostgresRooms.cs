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
                    INSERT INTO rooms (key, name, created_by, created_at)
                    SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM rooms) < $5
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
