namespace Salon.App.Chat;

/// <summary>A message that is to be stored: everything but its number.</summary>
internal sealed record NewMessage(ChatRoom Room, Guid Id, string Username, string Text, DateTimeOffset Time, string? ClientMsgId, long? ReplyTo)
{
    public ChatMessage WithNumber(long seq) =>
        new(Room.Name, seq, Id.ToString("N"), Username, Text, Time.UtcDateTime, ClientMsgId, ReplyTo);
}
