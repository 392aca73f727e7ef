using Salon.SocketIO;

namespace Salon.App.Chat;

/// <summary>Tells the people in a room who are connected to this process; each process tells its own. Thread-safe.</summary>
internal sealed class ChatFeed(SocketIOServer io)
{
    public const string NamespaceName = "/chat";

    private readonly Namespace _chat = io.Of(NamespaceName);

    /// <summary>Sends a stored message to everybody in its room, its writer included.</summary>
    public void Deliver(ChatRoom room, ChatMessage message) => Emit(room, "message", message);

    public void AnnouncePresence(ChatRoom room, IReadOnlyList<string> members) =>
        Emit(room, "presence", new PresenceAnnouncement(room.Name, members));

    public void AnnounceChanges(ChatRoom room, PresenceChanges changes) => Emit(room, "presence:changed", changes);

    public void Notify(ChatRoom room, Notification notification) => Emit(room, "notification", notification);

    private void Emit<T>(ChatRoom room, string eventName, T value)
    {
        // Complete when it returns: what is local is queued at once.
        var emitting = _chat.Local.To(room.Group).EmitAsync(eventName, value);
        System.Diagnostics.Debug.Assert(emitting.IsCompletedSuccessfully, "An emit was not complete.");
    }
}
