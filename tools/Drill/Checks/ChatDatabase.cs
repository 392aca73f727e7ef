using Npgsql;
using Salon.Tests;

namespace Salon.Drills.Checks;

/// <summary>The chat's log, read from the database itself without the app.</summary>
internal sealed class ChatDatabase(Uri address) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
    {
        Host = address.Host,
        Port = address.Port,
        Database = address.AbsolutePath[1..],
        Username = address.UserInfo.Split(':')[0],
        Password = PostgresServer.Password,
    }.ToString());

    /// <summary>The number of the newest message in each room, as the app counts.</summary>
    public async Task<Dictionary<string, long>> ReadHeadsAsync()
    {
        await using var command = _source.CreateCommand("SELECT name, head FROM rooms");
        await using var reader = await command.ExecuteReaderAsync();
        var heads = new Dictionary<string, long>();

        while (await reader.ReadAsync())
        {
            heads.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return heads;
    }

    /// <summary>All messages, room by room, in order.</summary>
    public async Task<List<LogEntry>> ReadAllAsync()
    {
        await using var command = _source.CreateCommand(
            "SELECT r.name, m.seq, m.id, m.username, coalesce(m.client_msg_id, ''), m.text FROM messages m JOIN rooms r ON r.id = m.room_id ORDER BY r.name, m.seq");
        await using var reader = await command.ExecuteReaderAsync();
        var log = new List<LogEntry>();

        while (await reader.ReadAsync())
        {
            log.Add(new LogEntry(
                reader.GetString(0), reader.GetInt64(1), reader.GetGuid(2).ToString("N"), reader.GetString(3), reader.GetString(4), reader.GetString(5)));
        }

        return log;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
