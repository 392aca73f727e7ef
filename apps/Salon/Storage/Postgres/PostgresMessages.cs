using Npgsql;
using NpgsqlTypes;
using Salon.App.Chat;

namespace Salon.App.Storage.Postgres;

/// <summary>The SQL of messages: its methods make commands, and read the rows that they bring.</summary>
internal static class PostgresMessages
{
    private const string Columns = "m.room_id, m.seq, m.id, m.username, m.text, m.time, m.client_msg_id, m.reply_to";

    /// <summary>Finds messages by what their writers called them, and by their ids.</summary>
    public static NpgsqlBatchCommand Find(IReadOnlyList<NewMessage> named, IEnumerable<Guid> ids) => new(
        $"""
        SELECT {Columns}
        FROM unnest($1, $2, $3) AS sent (room_id, username, client_msg_id)
        JOIN messages m USING (room_id, username, client_msg_id)
        WHERE m.client_msg_id IS NOT NULL
        UNION ALL
        SELECT {Columns} FROM messages m WHERE m.id = ANY($4)
        """)
    {
        Parameters =
        {
            Array(named, static message => message.Room.Id),
            Array(named, static message => message.Username),
            Array(named, static message => PostgresText.Encode(message.ClientMsgId!)),
            new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] },
        },
    };

    public static NpgsqlBatchCommand Insert(IReadOnlyList<(ChatRoom Room, ChatMessage Message)> messages) => new(
        """
        INSERT INTO messages (room_id, seq, id, username, text, time, client_msg_id, reply_to)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
        """)
    {
        Parameters =
        {
            Array(messages, static row => row.Room.Id),
            Array(messages, static row => row.Message.Seq),
            Array(messages, static row => Guid.ParseExact(row.Message.Id, "N")),
            Array(messages, static row => row.Message.Username),
            Array(messages, static row => PostgresText.Encode(row.Message.Text)),
            new NpgsqlParameter<DateTime[]>
            {
                TypedValue = [.. messages.Select(static row => row.Message.Time)],
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
            },
            Array(messages, static row => row.Message.ClientMsgId is { } name ? PostgresText.Encode(name) : null),
            Array(messages, static row => row.Message.ReplyTo),
        },
    };

    /// <summary>The oldest messages after a number, oldest first, with the newest number of the room in each row; at least one row.</summary>
    public static NpgsqlCommand ReadAfter(ChatRoom room, long since, int limit) => Read(room, "seq > $2 ORDER BY seq", since, limit);

    /// <summary>The newest messages before a number, as <see cref="ReadAfter"/> has them.</summary>
    public static NpgsqlCommand ReadBefore(ChatRoom room, long before, int limit) => Read(room, "seq < $2 ORDER BY seq DESC", before, limit);

    /// <summary>Whether a row holds a message, and not only the newest number of a room where none was found.</summary>
    public static bool IsMessage(NpgsqlDataReader row) => !row.IsDBNull(1);

    public static ChatMessage ToMessage(NpgsqlDataReader row, ChatRoom room) => new(
        room.Name,
        row.GetInt64(1),
        row.GetGuid(2).ToString("N"),
        row.GetString(3),
        PostgresText.Decode(row.GetString(4)),
        row.GetDateTime(5),
        row.IsDBNull(6) ? null : PostgresText.Decode(row.GetString(6)),
        row.IsDBNull(7) ? null : row.GetInt64(7));

    public static long ToHead(NpgsqlDataReader row) => row.GetInt64(8);

    // One statement, so that the messages and the head are of one moment.
    private static NpgsqlCommand Read(ChatRoom room, string side, long bound, int limit) => new(
        $"""
        SELECT {Columns}, r.head
        FROM rooms r
        LEFT JOIN LATERAL (SELECT * FROM messages WHERE room_id = r.id AND {side} LIMIT $3) m ON true
        WHERE r.id = $1
        ORDER BY m.seq
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<long> { TypedValue = room.Id },
            new NpgsqlParameter<long> { TypedValue = bound },
            new NpgsqlParameter<int> { TypedValue = limit },
        },
    };

    private static NpgsqlParameter<TValue[]> Array<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> select) =>
        new() { TypedValue = [.. rows.Select(select)] };
}
