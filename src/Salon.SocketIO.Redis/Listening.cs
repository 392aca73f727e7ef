using Microsoft.Extensions.Logging;
using Salon.Redis;

namespace Salon.SocketIO.Redis;

/// <summary>
/// One subscription, from the wish for it to its end, whatever Redis does meanwhile. Thread-safe.
/// </summary>
internal sealed partial class Listening : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task<RedisSubscription?> _subscription;
    private readonly ILogger _logger;

    public Listening(RedisClient client, string channel, ListeningKind kind, Action<RedisMessage> onMessage, ILogger logger)
    {
        _logger = logger;
        _subscription = SubscribeAsync(client, channel, kind, onMessage);
    }

    /// <summary>Completes when Redis has confirmed it, or it was given up.</summary>
    public Task Started => _subscription;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();

        if (await _subscription is { } subscription)
        {
            await subscription.DisposeAsync();
        }

        _end.Dispose();
    }

    private async Task<RedisSubscription?> SubscribeAsync(RedisClient client, string channel, ListeningKind kind, Action<RedisMessage> onMessage)
    {
        try
        {
            return await (kind switch
            {
                ListeningKind.Pattern => client.SubscribePatternAsync(channel, onMessage, _end.Token),
                ListeningKind.Sharded => client.SubscribeShardedAsync(channel, onMessage, _end.Token),
                _ => client.SubscribeAsync(channel, onMessage, _end.Token),
            });
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
        catch (RedisException exception)
        {
            // Not because Redis is away, which is waited out: because it does not want to.
            Log.NotSubscribed(_logger, exception, channel);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Redis refuses to let this server listen to {Channel}.", EventName = nameof(NotSubscribed))]
        public static partial void NotSubscribed(ILogger logger, Exception exception, string channel);
    }
}
