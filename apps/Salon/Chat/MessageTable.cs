using Dapper;
using Microsoft.Data.Sqlite;

namespace Salon.App.Chat;

/// <summary>The SQL of messages.</summary>
internal static class MessageTable
{
    private const string Columns =
        "seq AS Seq, id AS Id, username AS Username, text AS Text, time AS Time, client_msg_id AS ClientMsgId, reply_to AS ReplyTo";

    public static void Insert(SqliteConnection connection, SqliteTransaction transaction, ChatRoom room, ChatMessage message) =>
        connection.Execute(
            """
            INSERT INTO messages (room_id, seq, id, username, text, time, client_msg_id, reply_to)
            VALUES (@RoomId, @Seq, @Id, @Username, @Text, @Time, @ClientMsgId, @ReplyTo)
            """,
            new
            {
                RoomId = room.Id,
                message.Seq,
                message.Id,
                message.Username,
                message.Text,
                Time = new DateTimeOffset(message.Time).ToUnixTimeMilliseconds(),
                message.ClientMsgId,
                message.ReplyTo,
            },
            transaction);

    public static ChatMessage? FindByClientMsgId(
        SqliteConnection connection,
        SqliteTransaction transaction,
        ChatRoom room,
        string username,
        string clientMsgId) =>
        connection.QuerySingleOrDefault<Row>(
            $"SELECT {Columns} FROM messages WHERE room_id = @RoomId AND username = @username AND client_msg_id = @clientMsgId",
            new { RoomId = room.Id, username, clientMsgId },
            transaction)?.ToMessage(room);

    /// <summary>The newest messages before a number, oldest first.</summary>
    public static List<ChatMessage> ReadBefore(SqliteConnection connection, ChatRoom room, long before, int limit)
    {
        var messages = Read(connection, room, "seq < @bound ORDER BY seq DESC", before, limit);
        messages.Reverse();
        return messages;
    }

    /// <summary>The oldest messages after a number, oldest first.</summary>
    public static List<ChatMessage> ReadAfter(SqliteConnection connection, ChatRoom room, long since, int limit) =>
        Read(connection, room, "seq > @bound ORDER BY seq", since, limit);

    public static long ReadHead(SqliteConnection connection, ChatRoom room) =>
        connection.ExecuteScalar<long>("SELECT head FROM rooms WHERE id = @Id", room);

    private static List<ChatMessage> Read(SqliteConnection connection, ChatRoom room, string condition, long bound, int limit) =>
        connection.Query<Row>(
            $"SELECT {Columns} FROM messages WHERE room_id = @RoomId AND {condition} LIMIT @limit",
            new { RoomId = room.Id, bound, limit })
            .Select(row => row.ToMessage(room))
            .ToList();

    private sealed record Row(long Seq, string Id, string Username, string Text, long Time, string? ClientMsgId, long? ReplyTo)
    {
        public ChatMessage ToMessage(ChatRoom room) =>
            new(room.Name, Seq, Id, Username, Text, DateTimeOffset.FromUnixTimeMilliseconds(Time).UtcDateTime, ClientMsgId, ReplyTo);
    }
}
