using Npgsql;
using Salon.App.Chat;

namespace Salon.App.Storage.Postgres;

/// <summary>
/// One transaction that stores messages, however many, in three round trips:
/// <code>
/// 1. lock their rooms, in the order of the ids so that nodes never wait for each other in a circle, and read the heads;
///    then, in a statement of its own, look for those that are stored already
/// 2. insert the others with the numbers that follow, and raise the heads
/// 3. commit
/// </code>
/// Until the commit nobody else appends to these rooms: that is why numbers have no gaps, and why what step 1 did not find is not there. Used
/// once, by one caller.
/// </summary>
/// <param name="connection">The connection, for as long as this runs.</param>
/// <param name="messages">The messages.</param>
/// <param name="isRepeated">Whether an attempt before this one may have stored them, which nobody can say when the connection broke.</param>
internal sealed class PostgresAppend(NpgsqlConnection connection, IReadOnlyList<NewMessage> messages, bool isRepeated)
{
    private readonly Dictionary<long, ChatRoom> _rooms = messages
        .Select(static message => message.Room)
        .DistinctBy(static room => room.Id)
        .ToDictionary(static room => room.Id);

    private readonly PostgresNumbers _numbers = new(isRepeated);

    public async Task<IReadOnlyList<StoredMessage?>> RunAsync()
    {
        await using var transaction = await connection.BeginTransactionAsync();

        // Step 1
        await LockAndFindAsync(transaction);
        var stored = messages.Select(_numbers.Number).ToList();

        // Step 2
        if (_numbers.Added.Count > 0)
        {
            await InsertAsync(transaction);
        }

        // Step 3
        await transaction.CommitAsync();
        return stored;
    }

    private async Task LockAndFindAsync(NpgsqlTransaction transaction)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                // A node that vanishes in the middle, or hangs, keeps its locks for less time than others wait for them.
                new NpgsqlBatchCommand("SET LOCAL idle_in_transaction_session_timeout = '5s'"),
                new NpgsqlBatchCommand("SET LOCAL lock_timeout = '8s'"),
                new NpgsqlBatchCommand("SELECT id, head FROM rooms WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE")
                {
                    Parameters = { new NpgsqlParameter<long[]> { TypedValue = [.. _rooms.Keys] } },
                },

                // A statement sees what was committed before it began: this one begins when the locks are held.
                PostgresMessages.Find(
                    [.. messages.Where(static message => message.ClientMsgId is not null)],
                    isRepeated ? messages.Select(static message => message.Id) : []),
            },
        };

        await using var reader = await batch.ExecuteReaderAsync();

        while (await reader.ReadAsync())
        {
            _numbers.AddHead(reader.GetInt64(0), reader.GetInt64(1));
        }

        await reader.NextResultAsync();

        while (await reader.ReadAsync())
        {
            var room = _rooms[reader.GetInt64(0)];
            _numbers.AddStored(room, PostgresMessages.ToMessage(reader, room));
        }
    }

    private async Task InsertAsync(NpgsqlTransaction transaction)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                PostgresMessages.Insert(_numbers.Added),
                new NpgsqlBatchCommand("UPDATE rooms SET head = raised.head FROM unnest($1, $2) AS raised (id, head) WHERE rooms.id = raised.id")
                {
                    Parameters =
                    {
                        new NpgsqlParameter<long[]> { TypedValue = [.. _numbers.Heads.Keys] },
                        new NpgsqlParameter<long[]> { TypedValue = [.. _numbers.Heads.Values] },
                    },
                },
            },
        };

        await batch.ExecuteNonQueryAsync();
    }
}
