namespace Salon.App.Chat;

/// <summary>A part of a room's history, oldest message first.</summary>
/// <param name="Messages">The messages.</param>
/// <param name="HasMore">Whether there are more in the direction in which was read.</param>
internal sealed record HistoryPage(IReadOnlyList<ChatMessage> Messages, bool HasMore)
{
    /// <summary>Makes a page of one message more than was asked for, if there are so many: the one too many is the newest.</summary>
    public static HistoryPage Oldest(List<ChatMessage> messages, int limit) =>
        messages.Count <= limit ? new HistoryPage(messages, false) : new HistoryPage(messages[..limit], true);

    /// <inheritdoc cref="Oldest"/>
    /// <summary>Makes a page of one message more than was asked for, if there are so many: the one too many is the oldest.</summary>
    public static HistoryPage Newest(List<ChatMessage> messages, int limit) =>
        messages.Count <= limit ? new HistoryPage(messages, false) : new HistoryPage(messages[^limit..], true);
}
