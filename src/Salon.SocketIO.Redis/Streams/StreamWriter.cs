using Microsoft.Extensions.Logging;
using Salon.Redis;

namespace Salon.SocketIO.Redis.Streams;

/// <summary>
/// Writes messages to the stream, in order, until Redis says that it has them; whatever happens to the connection meanwhile, and again when
/// Redis has forgotten them. One may thus be in the stream twice, and readers skip the second. Thread-safe; the lock protects all fields.
/// </summary>
internal sealed partial class StreamWriter : IAsyncDisposable
{
    private const int BatchSize = 256;

    // What a Redis that comes back without its last seconds may have forgotten.
    private const int MaxRemembered = 4096;

    private static readonly TimeSpan MemoryTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly RedisHub _hub;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LinkedList<StreamMessage> _waiting = new();
    private readonly Queue<(string Id, long At, StreamMessage Message)> _remembered = new();
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly Task _writing;
    private long _bytes;
    private long _lastNumber;
    private bool _mayHaveForgotten;

    public StreamWriter(RedisHub hub, TimeProvider time, ILogger logger)
    {
        (_hub, _time, _logger) = (hub, time, logger);
        _hub.Client.StateChanged += OnStateChanged;
        _writing = WriteAsync();
    }

    /// <summary>Queues a message. It is lost when too many bytes are waiting.</summary>
    public void Add(StreamMessage message)
    {
        _hub.Metrics.OnPublished();

        lock (_gate)
        {
            if (_bytes + message.Size > _hub.Options.Redis.MaxQueuedBytes)
            {
                _hub.Metrics.OnLost();
                return;
            }

            // Numbers rise in the order in which messages are written.
            _bytes += message.Size;
            _waiting.AddLast(message with { Number = ++_lastNumber });
        }

        _work.Release();
    }

    public async ValueTask DisposeAsync()
    {
        _hub.Client.StateChanged -= OnStateChanged;
        await _end.CancelAsync();
        await _writing;
        _end.Dispose();
        _work.Dispose();
    }

    private void OnStateChanged(RedisState state)
    {
        if (state == RedisState.Connected)
        {
            lock (_gate)
            {
                _mayHaveForgotten = _remembered.Count > 0;
            }

            _work.Release();
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                await _work.WaitAsync(_end.Token);

                while (!await TryWriteAsync())
                {
                    await Task.Delay(RetryDelay, _time, _end.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The app stops.
        }
    }

    /// <returns>Whether there is nothing left to do for now.</returns>
    private async Task<bool> TryWriteAsync()
    {
        try
        {
            await RestoreAsync();

            while (TakeBatch() is { Count: > 0 } batch)
            {
                await WriteAsync(batch);
            }

            return true;
        }
        catch (RedisException exception)
        {
            Log.NotWritten(_logger, exception);
            return false;
        }
    }

    private List<StreamMessage> TakeBatch()
    {
        lock (_gate)
        {
            return [.. _waiting.Take(BatchSize)];
        }
    }

    /// <summary>Writes messages at once. Those up to the first that fails are done; the others stay where they are.</summary>
    private async Task WriteAsync(List<StreamMessage> batch)
    {
        Task<string>[] written = [.. batch.Select(AddAsync)];

        // All of them must have ended before any is written again, or their order would be lost.
        await ((Task)Task.WhenAll(written)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        for (var i = 0; i < written.Length; i++)
        {
            OnWritten(batch[i], await written[i]);
        }
    }

    private Task<string> AddAsync(StreamMessage message) =>
        _hub.Client.StreamAddAsync(_hub.Options.StreamName, message.ToFields(), _hub.Options.StreamMaxLength, _end.Token);

    private void OnWritten(StreamMessage message, string id)
    {
        lock (_gate)
        {
            _waiting.RemoveFirst();
            _bytes -= message.Size;
            var now = _time.GetTimestamp();
            _remembered.Enqueue((id, now, message));

            while (_remembered.TryPeek(out var oldest) && (_remembered.Count > MaxRemembered || _time.GetElapsedTime(oldest.At, now) > MemoryTime))
            {
                _remembered.Dequeue();
            }
        }
    }

    /// <summary>After a lost connection: what Redis has forgotten waits again, before all else.</summary>
    private async Task RestoreAsync()
    {
        List<(string Id, long At, StreamMessage Message)> remembered;

        lock (_gate)
        {
            if (!_mayHaveForgotten)
            {
                return;
            }

            remembered = [.. _remembered];
        }

        // What is lost is lost from some entry on.
        var kept = remembered.Count;

        while (kept > 0 && (await _hub.Client.StreamRangeAsync(_hub.Options.StreamName, remembered[kept - 1].Id, remembered[kept - 1].Id, cancellationToken: _end.Token)).Count == 0)
        {
            kept--;
        }

        lock (_gate)
        {
            _mayHaveForgotten = false;

            for (var i = remembered.Count - 1; i >= kept; i--)
            {
                _waiting.AddFirst(remembered[i].Message);
                _bytes += remembered[i].Message.Size;
            }

            _remembered.Clear();
            remembered[..kept].ForEach(_remembered.Enqueue);
        }

        if (kept < remembered.Count)
        {
            Log.Forgotten(_logger, remembered.Count - kept);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Messages could not be written to the stream; they are kept and tried again.", EventName = nameof(NotWritten))]
        public static partial void NotWritten(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "Redis has forgotten {Count} messages that it had; they are written again.", EventName = nameof(Forgotten))]
        public static partial void Forgotten(ILogger logger, int count);
    }
}
