namespace Salon.App.Chat;

// What the server tells clients unasked, besides messages.

internal sealed record PresenceAnnouncement(string Room, IReadOnlyList<string> Members);

/// <param name="Room">The room.</param>
/// <param name="Joined">Those who were not there when the room was told last, and are now.</param>
/// <param name="Left">Those who were, and are not.</param>
/// <param name="Members">How many there are.</param>
internal sealed record PresenceChanges(string Room, IReadOnlyList<string> Joined, IReadOnlyList<string> Left, int Members);

internal sealed record TypingAnnouncement(string Room, string Username, bool On);

/// <param name="Room">The room.</param>
/// <param name="Message">What happened, for programs that only show it.</param>
/// <param name="Time">When, in UTC.</param>
/// <param name="Kind"><c>joined</c> or <c>left</c>, for programs that say it in their own words; <c>external</c> when another program says it.</param>
/// <param name="Username">Who, if that is known.</param>
internal sealed record Notification(string Room, string Message, DateTime Time, string Kind, string? Username);
