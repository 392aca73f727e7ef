namespace Salon.App.Chat;

/// <summary>Reads what was said. Thread-safe; a client is told when the database does not answer.</summary>
internal sealed class ChatHistory(IChatStore store)
{
    /// <inheritdoc cref="IChatStore.ReadAfterAsync"/>
    public Task<(HistoryPage Page, long Head)> SinceAsync(ChatRoom room, long since, int limit) =>
        ChatErrors.OrUnavailableAsync(() => store.ReadAfterAsync(room, since, limit));

    /// <inheritdoc cref="IChatStore.ReadBeforeAsync"/>
    public Task<(HistoryPage Page, long Head)> BeforeAsync(ChatRoom room, long before, int limit) =>
        ChatErrors.OrUnavailableAsync(() => store.ReadBeforeAsync(room, before, limit));
}
