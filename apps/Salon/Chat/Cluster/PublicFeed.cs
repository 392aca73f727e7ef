using System.Text.Json;
using Salon.App.Hosting;
using Salon.SocketIO.Clustering;
using Salon.Supervision;

namespace Salon.App.Chat.Cluster;

/// <summary>
/// The chat for programs in any language: what this node stores is published on <c>chat:messages</c>, who comes and goes on
/// <c>chat:room-notifications</c>. Thread-safe; nobody waits for it.
/// </summary>
internal sealed class PublicFeed : IDisposable
{
    public const string Messages = "chat:messages";
    public const string Notifications = "chat:room-notifications";

    private readonly RedisChannels _channels;
    private readonly IClusterMembers _members;
    private readonly Presence _presence;
    private readonly Guard _guard;

    public PublicFeed(RedisChannels channels, IClusterMembers members, Presence presence, ILogger<PublicFeed> logger)
    {
        (_channels, _members, _presence, _guard) = (channels, members, presence, new Guard(logger));
        _presence.Noticed += OnNoticed;
    }

    /// <summary>Publishes a message that this node has stored, unless it came from there.</summary>
    public void Publish(ChatMessage message)
    {
        if (message.External is null)
        {
            Send(Messages, new PublicMessage(message.Username, message.Room, message.Text, JsonSerializer.SerializeToElement(message.Time), _members.Self));
        }
    }

    public void Dispose() => _presence.Noticed -= OnNoticed;

    private void OnNoticed(Notification notification) =>
        Send(Notifications, new PublicNotification(notification.Room, notification.Message, _members.Self));

    private void Send<T>(string channel, T value) =>
        _guard.Run("PublicFeed", (_channels, channel, value), static state => state._channels.PublishAsync(state.channel, JsonSerializer.SerializeToUtf8Bytes(state.value)));
}
