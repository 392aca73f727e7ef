using System.Text.Json;
using Salon.Redis;
using Salon.SocketIO.Clustering;

namespace Salon.App.Chat.Cluster;

/// <summary>
/// The chat for programs in any language: what this node stores is published on <c>chat:messages</c>, who comes and goes on
/// <c>chat:room-notifications</c>. Thread-safe; nobody waits for it.
/// </summary>
internal sealed partial class PublicFeed : IDisposable
{
    public const string Messages = "chat:messages";
    public const string Notifications = "chat:room-notifications";

    private readonly RedisClient _redis;
    private readonly IClusterMembers _members;
    private readonly Presence _presence;
    private readonly ILogger _logger;

    public PublicFeed(RedisClient redis, IClusterMembers members, Presence presence, ILogger<PublicFeed> logger)
    {
        (_redis, _members, _presence, _logger) = (redis, members, presence, logger);
        _presence.Noticed += OnNoticed;
    }

    /// <summary>Publishes a message that this node has stored, unless it came from there.</summary>
    public void Publish(ChatMessage message)
    {
        if (message.External is null)
        {
            _ = SendAsync(Messages, new PublicMessage(message.Username, message.Room, message.Text, JsonSerializer.SerializeToElement(message.Time), _members.Self));
        }
    }

    public void Dispose() => _presence.Noticed -= OnNoticed;

    private void OnNoticed(Notification notification) =>
        _ = SendAsync(Notifications, new PublicNotification(notification.Room, notification.Message, _members.Self));

    private async Task SendAsync<T>(string channel, T value)
    {
        try
        {
            await _redis.PublishAsync(channel, JsonSerializer.SerializeToUtf8Bytes(value));
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException)
        {
            Log.NotPublished(_logger, exception, channel);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Other programs could not be told on {Channel}.", EventName = nameof(NotPublished))]
        public static partial void NotPublished(ILogger logger, Exception exception, string channel);
    }
}
