namespace Salon.App.Chat;

/// <summary>A message that is stored.</summary>
/// <param name="Message">It.</param>
/// <param name="IsNew">Whether it was not stored before, so that nobody has heard of it.</param>
internal sealed record StoredMessage(ChatMessage Message, bool IsNew);
