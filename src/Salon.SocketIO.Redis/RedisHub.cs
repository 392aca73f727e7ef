using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Salon.Redis;
using Salon.SocketIO.Redis.Classic;
using Salon.SocketIO.Redis.Sharded;
using Salon.SocketIO.Redis.Streams;
using Salon.Supervision;
using Salon.Timing;

namespace Salon.SocketIO.Redis;

/// <summary>
/// What the adapters of all namespaces share: the connections to Redis, and this server's place in the cluster. Owned by the app's services,
/// which end it after the server. Thread-safe.
/// </summary>
internal sealed partial class RedisHub : IAsyncDisposable
{
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, Lazy<StreamHub>> _streams = new(StringComparer.Ordinal);
    private readonly RedisMembers _members;
    private readonly OnceAMinute _tellingPoison;

    public RedisHub(RedisAdapterOptions options, RedisClient client, RedisRefusals refusals, IServiceProvider services, ILoggerFactory loggers, TimeProvider time)
    {
        Options = options = options.Freeze();
        Client = client;
        Metrics = new RedisMetrics(services);
        Refusals = refusals;
        _logger = SafeLogger.Create(loggers, "Salon.SocketIO.Redis");
        Time = time;
        _tellingPoison = new OnceAMinute(time);
        Guard = new Guard(_logger, Metrics.Failures);
        _members = new RedisMembers(Client, options, refusals, Guard, time, _logger);
        Broadcasts = new ClassicBroadcasts(this);

        if (options.FindShared() is { } shared)
        {
            Log.Shared(_logger, shared);
        }
    }

    public RedisAdapterOptions Options { get; }

    public RedisClient Client { get; }

    public TimeProvider Time { get; }

    public RedisMetrics Metrics { get; }

    /// <summary>What Redis refuses.</summary>
    public RedisRefusals Refusals { get; }

    /// <summary>Keeps loops running, and tells of tasks that nobody awaits.</summary>
    public Guard Guard { get; }

    /// <summary>What the classic adapters hear.</summary>
    public ClassicBroadcasts Broadcasts { get; }

    public RedisMembers Members => _members;

    public ILogger Logger => _logger;

    public IAdapter CreateAdapter(Namespace owner) => Options.Kind switch
    {
        RedisAdapterKind.Sharded => new ShardedAdapter(owner, this),
        RedisAdapterKind.Streams => new StreamsAdapter(owner, this, GetStream(StreamHub.NameFor(owner.Name, Options))),
        _ => new ClassicAdapter(owner, this),
    };

    /// <summary>Gives a message to Redis, and waits for nothing.</summary>
    /// <param name="channel">Where it is published.</param>
    /// <param name="payload">The message.</param>
    /// <param name="isSharded">Whether the channel is a sharded one.</param>
    /// <param name="withdrawn">Takes it back while it waits for a connection.</param>
    public void Publish(string channel, ReadOnlyMemory<byte> payload, bool isSharded = false, CancellationToken withdrawn = default)
    {
        Metrics.OnPublished();
        Guard.Forget("RedisHub.Publish", ObserveAsync(channel, isSharded ? Client.PublishShardedAsync(channel, payload, withdrawn) : Client.PublishAsync(channel, payload, withdrawn)));
    }

    /// <summary>Finds out how many servers listen to a channel; without Redis, this one is alone.</summary>
    public async Task<int> CountServersAsync(string channel, bool isSharded = false)
    {
        if (Client.State != RedisState.Connected)
        {
            return 1;
        }

        return (int)await (isSharded ? Client.CountShardedSubscribersAsync(channel) : Client.CountSubscribersAsync(channel));
    }

    /// <summary>
    /// Begins to listen. Until Redis has confirmed it, what is published is not heard. A message that cannot be read, by a
    /// <see cref="FormatException"/>, is counted and skipped, and so is one at which anything else fails.
    /// </summary>
    public Listening Listen(string channel, ListeningKind kind, Action<RedisMessage> read) =>
        new(Client, channel, kind, message => Read(message, read), Refusals, Time);

    /// <summary>A message could not be read.</summary>
    public void OnPoison(string source, FormatException exception)
    {
        Metrics.OnPoison();

        if (_tellingPoison.TryTake())
        {
            Log.MessageInvalid(_logger, exception, source);
        }
        else
        {
            Log.MessageInvalidAgain(_logger, exception, source);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Broadcasts.DisposeAsync();

        foreach (var (_, stream) in _streams)
        {
            await stream.Value.DisposeAsync();
        }

        await _members.DisposeAsync();
        await Client.DisposeAsync();
    }

    private StreamHub GetStream(string name) =>
        _streams.GetOrAdd(name, static (name, hub) => new Lazy<StreamHub>(() => new StreamHub(hub, name, hub.Time, hub._logger)), this).Value;

    private void Read(RedisMessage message, Action<RedisMessage> read)
    {
        Metrics.OnReceived();

        try
        {
            read(message);
        }
        catch (FormatException exception)
        {
            OnPoison(message.Channel, exception);
        }
        catch (Exception exception)
        {
            Metrics.OnPoison();
            Guard.Fail("RedisAdapter.OnMessage", exception);
        }
    }

    private async Task ObserveAsync(string channel, Task<long> published)
    {
        try
        {
            await published;

            if (Refusals.Any)
            {
                Refusals.OnTaken($"publish {ChannelName.KindOf(channel)}");
            }
        }
        catch (RedisServerException exception)
        {
            Metrics.OnLost();
            Refusals.OnRefused($"publish {ChannelName.KindOf(channel)}", "What this server sends to the others there is lost", exception);
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException)
        {
            Metrics.OnLost();
            Log.MessageLost(_logger, exception);
        }
        catch (OperationCanceledException)
        {
            // Withdrawn by whoever sent it, who knows what becomes of it.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "A message for the other servers did not reach Redis.", EventName = nameof(MessageLost))]
        public static partial void MessageLost(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "A message from {Source} could not be read and was skipped. For a minute, there is no further warning of this kind; the metric salon.cluster.messages.invalid counts them.", EventName = nameof(MessageInvalid))]
        public static partial void MessageInvalid(ILogger logger, Exception exception, string source);

        [LoggerMessage(4, LogLevel.Warning, "{Shared}.", EventName = nameof(Shared))]
        public static partial void Shared(ILogger logger, string shared);

        [LoggerMessage(3, LogLevel.Debug, "A message from {Source} could not be read and was skipped.", EventName = nameof(MessageInvalidAgain))]
        public static partial void MessageInvalidAgain(ILogger logger, Exception exception, string source);
    }
}
