using Microsoft.Extensions.Logging;
using Salon.Redis;

namespace Salon.SocketIO.Redis.Streams;

/// <summary>
/// Writes messages to the stream, in the order of their numbers, until Redis says that it has them; whatever happens to the connection
/// meanwhile, and again when Redis has forgotten them. One may thus be in the stream twice, and readers skip the second. Thread-safe; the
/// lock protects all fields but those of the writing task.
/// </summary>
internal sealed partial class StreamWriter : IAsyncDisposable
{
    private const string Writing = "write to the stream";
    private const int MaxBatch = 256;
    private const long MaxBatchBytes = 1 << 20;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly RedisHub _hub;
    private readonly string _stream;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LinkedList<StreamMessage> _waiting = new();
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly WrittenMessages _written;
    private readonly Task _writing;
    private long _bytes;
    private long _lastNumber;
    private bool _isWoken;
    private bool _mustAsk;
    private bool _isClosed;

    public StreamWriter(RedisHub hub, string stream, TimeProvider time, ILogger logger)
    {
        (_hub, _stream, _time, _logger) = (hub, stream, time, logger);
        _written = new WrittenMessages(time);
        _hub.Client.StateChanged += OnStateChanged;
        _writing = hub.Guard.KeepRunningAsync("StreamWriter", WriteAsync, time, _end.Token);
    }

    /// <summary>The number of the last message that was queued.</summary>
    public long LastNumber
    {
        get
        {
            lock (_gate)
            {
                return _lastNumber;
            }
        }
    }

    /// <summary>Queues a message. It is lost when too many bytes are waiting, and when the writer has ended.</summary>
    /// <returns>The message's number; 0 when it is lost.</returns>
    public long Add(StreamMessage message)
    {
        long number;
        _hub.Metrics.OnPublished();

        lock (_gate)
        {
            if (_isClosed || _bytes + message.Size > _hub.Options.Redis.MaxQueuedBytes)
            {
                _hub.Metrics.OnLost();
                return 0;
            }

            // Numbers rise in the order in which messages are written.
            _bytes += message.Size;
            number = ++_lastNumber;
            _waiting.AddLast(message with { Number = number });
            Wake();
        }

        return number;
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
        }

        _hub.Client.StateChanged -= OnStateChanged;
        await _end.CancelAsync();
        await _writing;
        _end.Dispose();

        // The semaphore is not disposed, since the state may be changing at this moment; it holds nothing.
    }

    private void OnStateChanged(RedisState state)
    {
        if (state == RedisState.Connected)
        {
            // Another Redis, perhaps: even with nothing to write, it is asked whether it remembers.
            lock (_gate)
            {
                _mustAsk = true;
                Wake();
            }
        }
    }

    // Called under the lock. Once for many: each time that the task wakes up, it looks at all there is.
    private void Wake()
    {
        if (!_isWoken)
        {
            _isWoken = true;
            _work.Release();
        }
    }

    private async Task WriteAsync(CancellationToken stopping)
    {
        // What waited when it ended without being asked to is written first.
        while (true)
        {
            while (!await TryWriteAsync(stopping))
            {
                await Task.Delay(RetryDelay, _time, stopping);
            }

            await _work.WaitAsync(stopping);

            lock (_gate)
            {
                _isWoken = false;
            }
        }
    }

    /// <returns>Whether there is nothing left to do for now.</returns>
    private async Task<bool> TryWriteAsync(CancellationToken stopping)
    {
        try
        {
            while (GetBatch() is { } batch)
            {
                var ids = await StreamAppend.AddAsync(_hub.Client, _stream, _hub.Options.StreamMaxLength, _written.LastId, batch, stopping);
                _hub.Refusals.OnTaken(Writing);

                if (ids is null)
                {
                    await RestoreAsync();
                    return false;
                }

                OnWritten(batch, ids);
            }

            return true;
        }
        catch (RedisServerException exception)
        {
            _hub.Refusals.OnRefused(Writing, $"Broadcasts for the other servers are held here, {_hub.Options.Redis.MaxQueuedBytes / 1024} KiB of them at most, and more are lost; all of them, if this server ends before", exception);
            AskAgain();
            return false;
        }
        catch (RedisException exception)
        {
            Log.NotWritten(_logger, exception);
            AskAgain();
            return false;
        }
    }

    private void AskAgain()
    {
        lock (_gate)
        {
            _mustAsk = true;
        }
    }

    /// <returns>What is to be written next, which may be nothing when Redis is only to be asked; <see langword="null"/> when it is left alone.</returns>
    private List<StreamMessage>? GetBatch()
    {
        var batch = new List<StreamMessage>();
        long bytes = 0;

        lock (_gate)
        {
            if (_waiting.Count == 0 && !_mustAsk)
            {
                return null;
            }

            _mustAsk = false;

            foreach (var message in _waiting)
            {
                bytes += message.Size;

                if (batch.Count == MaxBatch || (batch.Count > 0 && bytes > MaxBatchBytes))
                {
                    break;
                }

                batch.Add(message);
            }
        }

        return batch;
    }

    private void OnWritten(List<StreamMessage> batch, IReadOnlyList<string> ids)
    {
        lock (_gate)
        {
            foreach (var message in batch)
            {
                _waiting.RemoveFirst();
                _bytes -= message.Size;
            }
        }

        for (var i = 0; i < batch.Count; i++)
        {
            _written.Add(ids[i], batch[i]);
        }
    }

    /// <summary>What Redis has forgotten waits again, before all else.</summary>
    private async Task RestoreAsync()
    {
        var forgotten = await _written.TakeForgottenAsync(async id =>
            (await _hub.Client.StreamRangeAsync(_stream, id, id, cancellationToken: _end.Token)).Count > 0);

        lock (_gate)
        {
            for (var i = forgotten.Count - 1; i >= 0; i--)
            {
                _waiting.AddFirst(forgotten[i]);
                _bytes += forgotten[i].Size;
            }
        }

        Log.Forgotten(_logger, forgotten.Count);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Messages could not be written to the stream; they are kept and tried again.", EventName = nameof(NotWritten))]
        public static partial void NotWritten(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "Redis has forgotten {Count} of the last messages in the stream; they are written again.", EventName = nameof(Forgotten))]
        public static partial void Forgotten(ILogger logger, int count);
    }
}
