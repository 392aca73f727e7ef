using System.Collections.Concurrent;
using System.Threading.Channels;
using Salon.Redis;

namespace Salon.App.NativeChat.Cluster;

/// <summary>
/// Makes one room of those of all nodes: what happens here is published on a channel of Redis in the order in which it happens, and what the
/// others publish there happens here. Redis may lose some of it: each node says every few seconds who is there, and a node that was not
/// heard for a while asks for what it missed. One that is silent is taken to be gone.
/// </summary>
internal sealed partial class NativeBus : BackgroundService
{
    public const string ChannelName = "salon:native-chat";

    private const int MaxQueued = 1_000;
    private const int MaxPayload = 4 * 1024 * 1024;

    private static readonly TimeSpan StateInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly RedisClient _redis;
    private readonly NativeRoom _room;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, long> _heard = new(StringComparer.Ordinal);
    private readonly Channel<BusMessage> _outgoing = Channel.CreateBounded<BusMessage>(new BoundedChannelOptions(MaxQueued) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public NativeBus(RedisClient redis, NativeRoom room, TimeProvider time, ILogger<NativeBus> logger)
    {
        (_redis, _room, _time, _logger) = (redis, room, time, logger);
        _room.Happened += Queue;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _room.Happened -= Queue;
        await base.StopAsync(cancellationToken);
        await PublishAsync(new GoneMessage(_room.Self));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Waits for Redis, if it is away.
            await using var subscription = await _redis.SubscribeAsync(ChannelName, OnPayload, stoppingToken);
            subscription.Resumed += Meet;
            Meet();
            await Task.WhenAll(SendAsync(stoppingToken), TellAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The app stops.
        }
        catch (RedisException exception)
        {
            Log.NotListening(_logger, exception);
        }
    }

    private void Queue(BusMessage message) => _outgoing.Writer.TryWrite(message);

    /// <summary>This node can hear, perhaps again: what was lost meanwhile is asked for, and told.</summary>
    private void Meet()
    {
        Queue(new AskMessage(_room.Self));
        _room.TellState(withHistory: true);
    }

    private async Task SendAsync(CancellationToken stoppingToken)
    {
        await foreach (var message in _outgoing.Reader.ReadAllAsync(stoppingToken))
        {
            await PublishAsync(message);
        }
    }

    private async Task TellAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(StateInterval, _time);

        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            _room.TellState(withHistory: false);

            foreach (var (node, at) in _heard)
            {
                if (_time.GetElapsedTime(at) > Silence && _heard.TryRemove(node, out _))
                {
                    _room.OnElsewhere(new GoneMessage(node));
                }
            }
        }
    }

    private void OnPayload(RedisMessage payload)
    {
        if (payload.Payload.Length > MaxPayload || !BusMessage.TryParse(payload.Payload.Span, out var message))
        {
            Log.Refused(_logger);
            return;
        }

        if (message.Node == _room.Self)
        {
            return;
        }

        if (message is AskMessage)
        {
            _room.TellState(withHistory: true);
        }

        if (message is GoneMessage)
        {
            _heard.TryRemove(message.Node, out _);
        }
        else
        {
            _heard[message.Node] = _time.GetTimestamp();
        }

        _room.OnElsewhere(message);
    }

    private async Task PublishAsync(BusMessage message)
    {
        try
        {
            await _redis.PublishAsync(ChannelName, message.Encode());
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException)
        {
            Log.NotPublished(_logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Redis refuses to let this node of the native chat hear the others.", EventName = nameof(NotListening))]
        public static partial void NotListening(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Debug, "What was published for the nodes of the native chat is none of what they tell each other.", EventName = nameof(Refused))]
        public static partial void Refused(ILogger logger);

        [LoggerMessage(3, LogLevel.Debug, "The other nodes of the native chat could not be told.", EventName = nameof(NotPublished))]
        public static partial void NotPublished(ILogger logger, Exception exception);
    }
}
