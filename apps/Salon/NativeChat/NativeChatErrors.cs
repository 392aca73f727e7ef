namespace Salon.App.NativeChat;

/// <summary>Every way in which the native chat says no without ending the connection.</summary>
internal static class NativeChatErrors
{
    public static ErrorFrame InvalidFrame { get; } = new("invalid_frame", "A frame is a JSON object whose type is join, message or ping, with texts for values.");

    public static ErrorFrame InvalidName { get; } =
        new("invalid_name", $"A name has 1 to {NativeChatLimits.NameLength} characters, and none that cannot be seen.");

    public static ErrorFrame InvalidSession { get; } =
        new("invalid_session", $"A session is a secret of {NativeChatLimits.MinSessionLength} to {NativeChatLimits.SessionLength} characters.");

    public static ErrorFrame NameTaken { get; } = new("name_taken", "Somebody else has this name.");

    public static ErrorFrame AlreadyJoined { get; } = new("already_joined", "You have a name already.");

    public static ErrorFrame NotJoined(string id) => new("not_joined", "Say your name first: {\"type\":\"join\", …}.", id);

    public static ErrorFrame InvalidId { get; } = new("invalid_id", $"A message has an id of 1 to {NativeChatLimits.IdLength} characters.");

    public static ErrorFrame Empty(string id) => new("empty", "A message needs text.", id);

    public static ErrorFrame TooLong(string id) => new("too_long", $"A message has at most {NativeChatLimits.TextLength} characters.", id);

    public static ErrorFrame InvalidText(string id) => new("invalid_text", "A message holds whole characters, and letters with few marks.", id);

    public static ErrorFrame RateLimited(TimeSpan retryAfter) =>
        new("rate_limited", "Too much at once. Wait a moment.", RetryAfter: Math.Ceiling(retryAfter.TotalSeconds * 1000) / 1000);
}
