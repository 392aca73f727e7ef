namespace Salon.App.Chat;

// What clients send. Everything may be missing: a client can send any JSON object.

internal sealed record RoomListRequest(string? After, int? Limit);

internal sealed record RoomCreateRequest(string? Room, string? Visibility);

internal sealed record RoomJoinRequest(string? Room, long? Since);

internal sealed record RoomLeaveRequest(string? Room);

internal sealed record MessageSendRequest(string? Room, string? Text, string? ClientMsgId, long? ReplyTo);

internal sealed record RoomHistoryRequest(string? Room, long? Before, long? Since, int? Limit);

internal sealed record TypingRequest(string? Room, bool On);
