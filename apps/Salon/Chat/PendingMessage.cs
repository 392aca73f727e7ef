namespace Salon.App.Chat;

/// <summary>A message on its way to the database, and whoever waits for it to arrive.</summary>
internal sealed class PendingMessage(NewMessage message)
{
    // Whoever waits goes on at once, on the thread that has stored it: answering is short, and a turn of the thread pool can be long.
    private readonly TaskCompletionSource<ChatMessage?> _stored = new();

    public NewMessage Message => message;

    /// <summary>The message as it is stored; <see langword="null"/> when its room is not there any more.</summary>
    public Task<ChatMessage?> Stored => _stored.Task;

    public void OnStored(ChatMessage? stored) => _stored.SetResult(stored);

    public void OnFailed() => _stored.SetException(ChatErrors.Unavailable);
}
