using System.Text.Json;
using System.Threading.Channels;
using Salon.App.Hosting;
using Salon.App.Texts;
using Salon.Redis;
using Salon.SocketIO;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis;
using Salon.Supervision;
using Salon.Timing;

namespace Salon.App.Chat.Cluster;

/// <summary>
/// Brings to the rooms what programs in any language publish on <c>chat:messages</c> and <c>chat:room-notifications</c>. It is bounded: more than
/// can be stored is dropped. The nodes of Salon do not depend on it.
/// </summary>
internal sealed partial class PublicListener : BackgroundService
{
    private const string Claiming = "claim a message";
    private const int Capacity = 1000;
    private const int MaxPayload = 64 * 1024;

    private readonly RedisChannels _channels;
    private readonly RedisRefusals _refusals;
    private readonly Guard _guard;
    private readonly RoomDirectory _rooms;
    private readonly ChatFeed _feed;
    private readonly ChatLog _log;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OutsideIds _ids;
    private readonly OutsideClaims _claims;
    private readonly OnceAMinute _telling;
    private readonly Channel<byte[]> _incoming;

    public PublicListener(
        RedisChannels channels,
        RedisClient redis,
        RedisSettings settings,
        RedisRefusals refusals,
        IClusterMembers members,
        RoomDirectory rooms,
        ChatFeed feed,
        ChatLog log,
        TimeProvider time,
        ILogger<PublicListener> logger)
    {
        (_channels, _refusals) = (channels, refusals);
        (_rooms, _feed, _log, _time, _logger) = (rooms, feed, log, time, logger);
        _guard = new Guard(logger);
        _telling = new OnceAMinute(time);
        _incoming = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }, _ => OnDropped());
        (_ids, _claims) = (new OutsideIds(time), new OutsideClaims(redis, members.Self, settings.NameOf(OutsideClaims.Key)));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        _guard.KeepRunningAsync("PublicListener.Messages", stopping => _channels.ListenAsync(PublicFeed.Messages, OnPayload, onListening: null, stopping), _time, stoppingToken),
        _guard.KeepRunningAsync("PublicListener.Notifications", stopping => _channels.ListenAsync(PublicFeed.Notifications, OnNotification, onListening: null, stopping), _time, stoppingToken),
        _guard.KeepRunningAsync("PublicListener", TakeAllAsync, _time, stoppingToken));

    private async Task TakeAllAsync(CancellationToken stopping)
    {
        await foreach (var payload in _incoming.Reader.ReadAllAsync(stopping))
        {
            await _guard.CallAsync("PublicListener.Message", (Owner: this, payload), static state => new ValueTask(state.Owner.TakeAsync(state.payload)));
        }
    }

    private void OnPayload(RedisMessage message)
    {
        if (message.Payload.Length <= MaxPayload)
        {
            _incoming.Writer.TryWrite(message.Payload.ToArray());
        }
    }

    private void OnDropped()
    {
        if (_telling.TryTake())
        {
            Log.Dropped(_logger, Capacity);
        }
    }

    private async Task TakeAsync(byte[] payload)
    {
        if (!TryRead<PublicMessage>(payload, PublicFeed.Messages, out var message) || message.Node is not null)
        {
            return;
        }

        // Every node gets it and counts it, and one is to store it.
        var id = _ids.Next(payload);

        if (!ChatName.TryParse(message.Username, ChatLimits.UsernameLength, out var username)
            || !ChatName.TryParse(message.Room, ChatLimits.RoomNameLength, out var roomName)
            || MessageText.Parse(message.Message, ChatLimits.MessageLength, out var text) != TextProblem.None)
        {
            Log.Refused(_logger, PublicFeed.Messages);
            return;
        }

        try
        {
            var (isOurs, actual) = await _claims.TryClaimAsync(id, OutsideClaims.Claim);
            _ids.Correct(actual);
            _refusals.OnTaken(Claiming);

            if (isOurs && await _rooms.FindAsync(roomName) is { } room)
            {
                await _log.AppendAsync(room, username, text, ChatMessage.ExternalPrefix + Guid.NewGuid().ToString("N"), replyTo: null);
            }
        }
        catch (RedisServerException exception)
        {
            _refusals.OnRefused(Claiming, "Messages of other programs are not stored", exception);
        }
        catch (Exception exception) when (exception is SocketIOException or RedisException)
        {
            Log.NotStored(_logger, exception);
        }
    }

    private void OnNotification(RedisMessage message)
    {
        if (message.Payload.Length <= MaxPayload
            && TryRead<PublicNotification>(message.Payload.Span, PublicFeed.Notifications, out var notification)
            && notification is { Node: null }
            && MessageText.Parse(notification.Message, ChatLimits.MessageLength, out var text) == TextProblem.None
            && ChatName.TryParse(notification.Room, ChatLimits.RoomNameLength, out var name)
            && _rooms.FindKnown(name) is { } room)
        {
            _feed.Notify(room, new Notification(room.Name, text, _time.GetUtcNow().UtcDateTime, "external", Username: null));
        }
    }

    private bool TryRead<T>(ReadOnlySpan<byte> payload, string channel, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? value)
        where T : class
    {
        try
        {
            value = JsonSerializer.Deserialize<T>(payload);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            value = null;
        }

        if (value is null)
        {
            Log.Refused(_logger, channel);
        }

        return value is not null;
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Debug, "What another program published on {Channel} is none of what is read there.", EventName = nameof(Refused))]
        public static partial void Refused(ILogger logger, string channel);

        [LoggerMessage(3, LogLevel.Warning, "A message of another program could not be stored.", EventName = nameof(NotStored))]
        public static partial void NotStored(ILogger logger, Exception exception);

        [LoggerMessage(4, LogLevel.Warning, "A message of another program was dropped, since {Count} wait to be stored. For a minute, it will not be said again.", EventName = nameof(Dropped))]
        public static partial void Dropped(ILogger logger, int count);
    }
}
