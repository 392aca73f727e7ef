using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Salon.Redis;
using Salon.SocketIO.Redis.Flask.Pickling;
using Salon.Supervision;

namespace Salon.SocketIO.Redis.Flask;

/// <summary>
/// This server's place on the bus: what comes is read and handed to its namespace, what goes is given to Redis. Owned by the app's services,
/// which end it after the server. Thread-safe.
/// </summary>
internal sealed partial class FlaskBus : IAsyncDisposable
{
    // As those of Python, which are UUIDs without hyphens.
    private readonly string _hostId = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<string, FlaskReceiver> _receivers = new(StringComparer.Ordinal);
    private readonly FlaskBusOptions _options;
    private readonly string _channel;
    private readonly string _publishing;
    private readonly RedisClient _client;
    private readonly Listening _listening;
    private readonly FlaskMetrics _metrics;
    private readonly RedisRefusals _refusals;
    private readonly FlaskDisconnects _disconnects;
    private readonly ILogger _logger;
    private bool _hasSeenPickle;
    private bool _hasSeenInvalid;

    public FlaskBus(FlaskBusOptions options, string channel, FlaskMetrics metrics, RedisRefusals refusals, ILoggerFactory loggers, TimeProvider time)
    {
        options = options.Freeze();
        (_options, _channel, _metrics, _refusals) = (options, channel, metrics, refusals);
        _publishing = $"publish {channel}";
        _logger = SafeLogger.Create(loggers, "Salon.SocketIO.Redis.Flask");
        Guard = new Guard(_logger, metrics.Failures);
        _disconnects = new FlaskDisconnects(_logger, Guard, time);
        Questions = new FlaskQuestions(time);

        if (options.Redis.Database != 0 && channel is ("flask-socketio" or "socketio"))
        {
            Log.DatabaseParts(_logger, options.Redis.Database, channel);
        }

        _client = new RedisClient(options.Redis, loggers, time);
        Writer = new FlaskWriter(_hostId, options.WriteForOldPython);
        _listening = new Listening(_client, channel, ListeningKind.Channel, OnMessage, refusals, time);
    }

    /// <summary>Completes when Redis has confirmed that messages are heard.</summary>
    public Task Started => _listening.Started;

    public FlaskWriter Writer { get; }

    public FlaskQuestions Questions { get; }

    public ILogger Logger => _logger;

    /// <summary>Keeps loops running, and tells of tasks that nobody awaits.</summary>
    public Guard Guard { get; }

    /// <summary>Puts the bus around a namespace's adapter.</summary>
    /// <param name="owner">The namespace.</param>
    /// <param name="adapter">Its adapter.</param>
    /// <param name="isClustered">Whether the adapter reaches other servers.</param>
    public IAdapter Wrap(Namespace owner, IAdapter adapter, bool isClustered)
    {
        var cluster = isClustered ? _options.Cluster : null;
        var receiver = new FlaskReceiver(owner, adapter, this, cluster, _options.CallbackTimeout);
        _receivers[owner.Name] = receiver;

        return new FlaskAdapter(
            adapter,
            new FlaskSender(owner, this, cluster, _options.Publish),
            // A namespace that goes and comes back has a new one under the same name.
            onDispose: () => _receivers.TryRemove(new KeyValuePair<string, FlaskReceiver>(owner.Name, receiver)));
    }

    /// <summary>Gives a message to Redis, and waits for nothing.</summary>
    public void Publish(ReadOnlyMemory<byte> payload)
    {
        _metrics.OnPublished();
        Guard.Forget("FlaskBus.Publish", ObserveAsync(_client.PublishAsync(_channel, payload)));
    }

    /// <summary>Disconnects a socket soon.</summary>
    public void Disconnect(Socket socket)
    {
        if (!_disconnects.TryAdd(socket.Namespace.Name, () => socket.Disconnect()))
        {
            OnDropped();
        }
    }

    /// <summary>Too much is waiting for something to be done as asked, or it cannot be said in Python's form.</summary>
    public void OnDropped() => _metrics.OnDropped();

    /// <summary>A message asks for what cannot be.</summary>
    public void OnInvalid(Exception exception)
    {
        _metrics.OnInvalid();

        // One is worth a warning; a flood of them is not worth a flood.
        if (!Interlocked.Exchange(ref _hasSeenInvalid, true))
        {
            Log.FirstInvalid(_logger, exception, _channel);
        }
        else
        {
            Log.Invalid(_logger, exception, _channel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _listening.DisposeAsync();
        await _disconnects.DisposeAsync();
        await _client.DisposeAsync();
    }

    private void OnMessage(RedisMessage message)
    {
        if (Writer.IsOwn(message.Payload.Span))
        {
            return;
        }

        try
        {
            if (Read(message.Payload) is { } read)
            {
                Receive(read);
            }
        }
        catch (FormatException exception)
        {
            OnInvalid(exception);
        }
        catch (Exception exception)
        {
            // Whatever one message brings about, those behind it are read.
            _metrics.OnInvalid();
            Guard.Fail("FlaskBus.OnMessage", exception);
        }
    }

    /// <returns><see langword="null"/> for what is not for this server.</returns>
    private FlaskMessage? Read(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > _options.MaxMessageBytes)
        {
            throw new FormatException($"The message has {payload.Length} bytes.");
        }

        if (payload.Span is not [PickleReader.FirstByte, ..])
        {
            return FlaskReader.Read(payload);
        }

        if (_options.ReadPickle)
        {
            return FlaskReader.Read(PickledMessage.ToJson(payload.Span, _options.MaxMessageBytes));
        }

        _metrics.OnReceived();
        _metrics.OnPickled();

        if (!Interlocked.Exchange(ref _hasSeenPickle, true))
        {
            Log.PickleRefused(_logger, _channel);
        }

        return null;
    }

    private void Receive(FlaskMessage message)
    {
        if (message.Method == FlaskMethod.Callback)
        {
            if (message.HostId == _hostId)
            {
                _metrics.OnReceived();
                Questions.OnAnswer(message);
            }

            return;
        }

        if (message.HostId == _hostId)
        {
            return;
        }

        _metrics.OnReceived();

        if (_receivers.TryGetValue(message.Namespace, out var receiver))
        {
            receiver.OnMessage(message);
        }
    }

    private async Task ObserveAsync(Task<long> published)
    {
        try
        {
            await published;
            _refusals.OnTaken(_publishing);
        }
        catch (RedisServerException exception)
        {
            _metrics.OnLost();
            _refusals.OnRefused(_publishing, "What this server emits does not reach Flask-SocketIO and python-socketio", exception);
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException)
        {
            _metrics.OnLost();
            Log.MessageLost(_logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "A message for the bus of Flask-SocketIO did not reach Redis.", EventName = nameof(MessageLost))]
        public static partial void MessageLost(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "A message on {Channel} could not be read and was skipped. There is no further warning of this kind; the metric salon.flask.messages.invalid counts them.", EventName = nameof(FirstInvalid))]
        public static partial void FirstInvalid(ILogger logger, Exception exception, string channel);

        [LoggerMessage(3, LogLevel.Debug, "A message on {Channel} could not be read and was skipped.", EventName = nameof(Invalid))]
        public static partial void Invalid(ILogger logger, Exception exception, string channel);

        [LoggerMessage(5, LogLevel.Warning, "Database {Database} of Redis is chosen, but its databases do not part channels: whoever uses {Channel} in another database is heard too. If they are not to be, choose another channel.", EventName = nameof(DatabaseParts))]
        public static partial void DatabaseParts(ILogger logger, int database, string channel);

        [LoggerMessage(4, LogLevel.Warning, "A message on {Channel} is pickled and was dropped, as all of this kind will be: python-socketio before 5.14 sends them. Upgrade it to 5.14 or later, which sends JSON, or set FlaskBusOptions.ReadPickle to read those that hold nothing but plain data.", EventName = nameof(PickleRefused))]
        public static partial void PickleRefused(ILogger logger, string channel);
    }
}
