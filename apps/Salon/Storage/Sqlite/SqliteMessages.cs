using Dapper;
using Microsoft.Data.Sqlite;
using Salon.App.Chat;

namespace Salon.App.Storage.Sqlite;

/// <summary>The SQL of messages.</summary>
internal static class SqliteMessages
{
    private const string Columns =
        "seq AS Seq, id AS Id, username AS Username, text AS Text, time AS Time, client_msg_id AS ClientMsgId, reply_to AS ReplyTo";

    /// <summary>Gives a message the next number of its room and stores it.</summary>
    /// <returns><see langword="null"/> when the room is not there any more.</returns>
    public static ChatMessage? Append(SqliteTransaction transaction, NewMessage message)
    {
        var connection = transaction.Connection!;

        if (connection.ExecuteScalar<long?>("UPDATE rooms SET head = head + 1 WHERE id = @Id RETURNING head", message.Room, transaction) is not { } seq)
        {
            return null;
        }

        var numbered = message.WithNumber(seq);

        connection.Execute(
            """
            INSERT INTO messages (room_id, seq, id, username, text, time, client_msg_id, reply_to)
            VALUES (@RoomId, @Seq, @Id, @Username, @Text, @Time, @ClientMsgId, @ReplyTo)
            """,
            new
            {
                RoomId = message.Room.Id,
                numbered.Seq,
                numbered.Id,
                numbered.Username,
                numbered.Text,
                Time = new DateTimeOffset(numbered.Time).ToUnixTimeMilliseconds(),
                numbered.ClientMsgId,
                numbered.ReplyTo,
            },
            transaction);

        return numbered;
    }

    /// <summary>The message that the same writer has sent to the same room under the same name before.</summary>
    public static ChatMessage? FindSent(SqliteTransaction transaction, NewMessage message) =>
        message.ClientMsgId is null
            ? null
            : transaction.Connection!.QuerySingleOrDefault<Row>(
                $"SELECT {Columns} FROM messages WHERE room_id = @RoomId AND username = @Username AND client_msg_id = @ClientMsgId",
                new { RoomId = message.Room.Id, message.Username, message.ClientMsgId },
                transaction)?.ToMessage(message.Room);

    /// <summary>The newest messages before a number, oldest first.</summary>
    public static List<ChatMessage> ReadBefore(SqliteTransaction transaction, ChatRoom room, long before, int limit)
    {
        var messages = Read(transaction, room, "seq < @bound ORDER BY seq DESC", before, limit);
        messages.Reverse();
        return messages;
    }

    /// <summary>The oldest messages after a number, oldest first.</summary>
    public static List<ChatMessage> ReadAfter(SqliteTransaction transaction, ChatRoom room, long since, int limit) =>
        Read(transaction, room, "seq > @bound ORDER BY seq", since, limit);

    public static long ReadHead(SqliteTransaction transaction, ChatRoom room) =>
        transaction.Connection!.ExecuteScalar<long>("SELECT head FROM rooms WHERE id = @Id", room, transaction);

    private static List<ChatMessage> Read(SqliteTransaction transaction, ChatRoom room, string condition, long bound, int limit) =>
        transaction.Connection!.Query<Row>(
            $"SELECT {Columns} FROM messages WHERE room_id = @RoomId AND {condition} LIMIT @limit",
            new { RoomId = room.Id, bound, limit },
            transaction)
            .Select(row => row.ToMessage(room))
            .ToList();

    private sealed record Row(long Seq, string Id, string Username, string Text, long Time, string? ClientMsgId, long? ReplyTo)
    {
        public ChatMessage ToMessage(ChatRoom room) =>
            new(room.Name, Seq, Id, Username, Text, DateTimeOffset.FromUnixTimeMilliseconds(Time).UtcDateTime, ClientMsgId, ReplyTo);
    }
}
