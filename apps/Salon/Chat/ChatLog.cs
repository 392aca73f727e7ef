using Dapper;
using Microsoft.Data.Sqlite;
using Salon.App.Storage;

namespace Salon.App.Chat;

/// <summary>
/// The truth of what was said: a message gets its number when it is committed, and only then anybody hears of it, in the order of the
/// numbers. Thread-safe.
/// </summary>
internal sealed class ChatLog(WriteQueue writes, ChatFeed feed, TimeProvider timeProvider)
{
    private long _sentCount;

    /// <summary>How many messages were stored since the start.</summary>
    public long SentCount => Volatile.Read(ref _sentCount);

    /// <summary>
    /// Stores a message and tells the room. A message whose writer has sent one of the same <paramref name="clientMsgId"/> to the room
    /// before is not stored again: the first one is returned.
    /// </summary>
    /// <exception cref="SocketIO.SocketIOException">The message could not be stored.</exception>
    public Task<ChatMessage> AppendAsync(ChatRoom room, string username, string text, string? clientMsgId, long? replyTo)
    {
        // Whole milliseconds, as they are stored: a message looks the same now and when it is read again.
        var time = DateTimeOffset.FromUnixTimeMilliseconds(timeProvider.GetUtcNow().ToUnixTimeMilliseconds());
        var append = new Append(this, room, username, text, time, clientMsgId, replyTo);

        return writes.TryAdd(append) ? append.Result : throw ChatErrors.Unavailable;
    }

    private void OnStored(ChatRoom room, ChatMessage message)
    {
        Interlocked.Increment(ref _sentCount);
        feed.Publish(room, message);
    }

    private sealed class Append(
        ChatLog log,
        ChatRoom room,
        string username,
        string text,
        DateTimeOffset time,
        string? clientMsgId,
        long? replyTo) : IWrite
    {
        private readonly TaskCompletionSource<ChatMessage> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private ChatMessage? _message;
        private bool _isNew;

        public Task<ChatMessage> Result => _result.Task;

        public void Execute(SqliteConnection connection, SqliteTransaction transaction)
        {
            _message = clientMsgId is null ? null : MessageTable.FindByClientMsgId(connection, transaction, room, username, clientMsgId);
            _isNew = _message is null;
            _message ??= Insert(connection, transaction);
        }

        public void OnCommitted()
        {
            if (_isNew)
            {
                log.OnStored(room, _message!);
            }

            _result.SetResult(_message!);
        }

        public void OnFailed(Exception exception) => _result.SetException(ChatErrors.Unavailable);

        private ChatMessage Insert(SqliteConnection connection, SqliteTransaction transaction)
        {
            var seq = connection.ExecuteScalar<long>("UPDATE rooms SET head = head + 1 WHERE id = @Id RETURNING head", room, transaction);
            var message = new ChatMessage(room.Name, seq, Guid.CreateVersion7(time).ToString("N"), username, text, time.UtcDateTime, clientMsgId, replyTo);

            MessageTable.Insert(connection, transaction, room, message);
            return message;
        }
    }
}
