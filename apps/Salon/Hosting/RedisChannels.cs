using Salon.Redis;
using Salon.SocketIO.Redis;
using Salon.Supervision;

namespace Salon.App.Hosting;

/// <summary>
/// The channels of Redis that the app itself speaks on, beside those of the libraries. What Redis refuses is said, and tried again; nothing that
/// is heard ends the hearing. Thread-safe.
/// </summary>
internal sealed partial class RedisChannels(RedisClient redis, RedisSettings settings, RedisRefusals refusals, TimeProvider time, ILogger<RedisChannels> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Guard _guard = new(logger);

    /// <summary>Publishes something, and never fails.</summary>
    /// <param name="channel">The channel, without the app's prefix.</param>
    /// <param name="payload">What.</param>
    public async Task PublishAsync(string channel, byte[] payload)
    {
        var what = $"publish {channel}";

        try
        {
            await redis.PublishAsync(settings.NameOf(channel), payload);
            refusals.OnTaken(what);
        }
        catch (RedisServerException exception)
        {
            refusals.OnRefused(what, "What is said there does not reach other nodes and programs", exception);
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException)
        {
            Log.NotPublished(logger, exception, channel);
        }
    }

    /// <summary>Listens until it is told to stop; without Redis, it waits for it.</summary>
    /// <param name="channel">The channel, without the app's prefix.</param>
    /// <param name="onMessage">Gets each message, on the thread that reads.</param>
    /// <param name="onListening">Called when messages are heard from now on, at first and after each time in which some may have been missed.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task ListenAsync(string channel, Action<RedisMessage> onMessage, Action? onListening, CancellationToken stopping)
    {
        var what = $"listen to {channel}";

        while (true)
        {
            try
            {
                await using var subscription = await redis.SubscribeAsync(settings.NameOf(channel), message => Read(channel, message, onMessage), stopping);
                refusals.OnTaken(what);
                subscription.Resumed += onListening;
                onListening?.Invoke();
                throw await subscription.Refused.WaitAsync(stopping);
            }
            catch (RedisServerException exception)
            {
                refusals.OnRefused(what, "What other nodes and programs say there is not heard", exception);
            }
            catch (RedisException exception)
            {
                Log.NotListening(logger, exception, channel);
            }

            await Task.Delay(RetryDelay, time, stopping);
        }
    }

    private void Read(string channel, RedisMessage message, Action<RedisMessage> onMessage)
    {
        try
        {
            onMessage(message);
        }
        catch (Exception exception)
        {
            _guard.Fail(channel, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "What is for {Channel} did not reach Redis.", EventName = nameof(NotPublished))]
        public static partial void NotPublished(ILogger logger, Exception exception, string channel);

        [LoggerMessage(2, LogLevel.Debug, "Listening to {Channel} ended; it begins again.", EventName = nameof(NotListening))]
        public static partial void NotListening(ILogger logger, Exception exception, string channel);
    }
}
