namespace Salon.App.Chat;

/// <summary>A message as everybody in its room gets it.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="Seq">Its number in the room: one more than the last.</param>
/// <param name="Id">Its id among all messages.</param>
/// <param name="Username">Who wrote it.</param>
/// <param name="Text">What it says: plain text.</param>
/// <param name="Time">When it was stored, in UTC.</param>
/// <param name="ClientMsgId">What its writer's program called it.</param>
/// <param name="ReplyTo">The number of the message that it answers.</param>
internal sealed record ChatMessage(
    string Room,
    long Seq,
    string Id,
    string Username,
    string Text,
    DateTime Time,
    string? ClientMsgId,
    long? ReplyTo)
{
    /// <summary>What programs outside of the chat have their messages called by; clients may not call theirs so.</summary>
    public const string ExternalPrefix = "bus:";

    /// <summary>Whether it came from another program over Redis; left out of JSON when not.</summary>
    public bool? External => ClientMsgId?.StartsWith(ExternalPrefix, StringComparison.Ordinal) == true ? true : null;
}
