namespace Salon.App.Chat;

/// <summary>
/// The truth of what was said: a message gets its number when it is committed, and only then anybody hears of it, in the order of the
/// numbers. Thread-safe.
/// </summary>
internal sealed class ChatLog(MessageQueue queue, RoomDirectory rooms, TimeProvider timeProvider)
{
    /// <summary>
    /// Stores a message and tells the room. A message whose writer has sent one of the same <paramref name="clientMsgId"/> to the room
    /// before is not stored again: the first one is returned.
    /// </summary>
    /// <exception cref="SocketIO.SocketIOException">The message could not be stored.</exception>
    public async Task<ChatMessage> AppendAsync(ChatRoom room, string username, string text, string? clientMsgId, long? replyTo)
    {
        // Whole milliseconds, as they are stored: a message looks the same now and when it is read again.
        var time = DateTimeOffset.FromUnixTimeMilliseconds(timeProvider.GetUtcNow().ToUnixTimeMilliseconds());
        var pending = new PendingMessage(new NewMessage(room, Guid.CreateVersion7(time), username, text, time, clientMsgId, replyTo));

        if (!queue.TryAdd(pending))
        {
            throw ChatErrors.Unavailable;
        }

        if (await pending.Stored is { } stored)
        {
            return stored;
        }

        // Removed by another process, because this one could not say for an hour that somebody is in it. Whoever joins again founds it again.
        rooms.Forget(room);
        throw ChatErrors.NotFound(room.Name);
    }
}
