namespace Salon.App.Chat;

// What clients get as acknowledgements; errors are { ok: false, error }.

internal sealed record OkReply(bool Ok = true);

internal sealed record RoomCreateReply(string Room, bool Ok = true);

internal sealed record RoomJoinReply(
    string Room,
    long Seq,
    IReadOnlyList<string> Members,
    IReadOnlyList<ChatMessage> Messages,
    bool HasMore,
    bool Ok = true);

internal sealed record MessageSendReply(long Seq, string Id, DateTime Time, bool Ok = true);

internal sealed record RoomHistoryReply(string Room, IReadOnlyList<ChatMessage> Messages, bool HasMore, bool Ok = true);
