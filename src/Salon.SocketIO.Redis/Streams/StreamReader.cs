using Microsoft.Extensions.Logging;
using Salon.Redis;

namespace Salon.SocketIO.Redis.Streams;

/// <summary>
/// Reads the stream from where it is when this server starts, entry by entry, to its end and on. It owns the place in the stream, and the
/// senders' last numbers.
/// </summary>
internal sealed partial class StreamReader : IAsyncDisposable
{
    private const int MaxSenders = 1000;

    // How far back the place is looked for when Redis has forgotten it.
    private const int MaxRecent = 100;

    private const string Reading = "read the stream";

    private static readonly TimeSpan BlockTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly RedisHub _hub;
    private readonly string _stream;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<string, StreamMessage> _onMessage;
    private readonly Dictionary<string, SeenNumbers> _numbers = new(StringComparer.Ordinal);
    private readonly Queue<string> _recent = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _reading;
    private readonly StreamPlace _reached;
    private string? _place;

    /// <param name="hub">The connection.</param>
    /// <param name="stream">The key of the stream.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where trouble is told.</param>
    /// <param name="reached">Told how far reading is.</param>
    /// <param name="onMessage">Gets each message once, with the id of its entry.</param>
    public StreamReader(RedisHub hub, string stream, TimeProvider time, ILogger logger, StreamPlace reached, Action<string, StreamMessage> onMessage)
    {
        (_hub, _stream, _time, _logger, _reached, _onMessage) = (hub, stream, time, logger, reached, onMessage);
        _reading = hub.Guard.KeepRunningAsync("StreamReader", ReadAsync, time, _end.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading;
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        var isSure = false;

        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!isSure)
                {
                    MoveTo(await FindPlaceAsync(stopping));
                    isSure = true;

                    if (_reached.Id is null)
                    {
                        _reached.MoveTo(_place!);
                    }
                }

                var entries = await _hub.Client.StreamReadAsync(_stream, _place!, _hub.Options.StreamReadCount, BlockTime, stopping);
                _hub.Refusals.OnTaken(Reading);

                foreach (var entry in entries)
                {
                    MoveTo(entry.Id);
                    OnEntry(entry);
                    _reached.MoveTo(entry.Id);
                }
            }
            catch (RedisException exception)
            {
                isSure = false;
                Tell(exception);
                await Task.Delay(RetryDelay, _time, stopping);
            }
        }
    }

    private void Tell(RedisException exception)
    {
        if (exception is RedisServerException refusal)
        {
            _hub.Refusals.OnRefused(Reading, "What other servers broadcast is not heard here", refusal);
        }
        else
        {
            Log.NotRead(_logger, exception);
        }
    }

    private void MoveTo(string id)
    {
        _place = id;

        if (_recent.Count == MaxRecent)
        {
            _recent.Dequeue();
        }

        _recent.Enqueue(id);
    }

    /// <summary>
    /// Where to read on: at first behind the last entry, for <c>$</c> would mean the end anew each time. After a lost connection at the last
    /// entry that was read; but a Redis that has forgotten it may give the next ones smaller ids, and has perhaps done so, so then at the
    /// newest of those that were read and are still there.
    /// </summary>
    private async Task<string> FindPlaceAsync(CancellationToken stopping)
    {
        if (_place is null)
        {
            return (await FindLastAsync("+", 1, stopping)).FirstOrDefault("0-0");
        }

        if (await FindLastAsync(_place, 1, stopping) is [var last] && last == _place)
        {
            return last;
        }

        var there = await FindLastAsync(_place, MaxRecent, stopping);
        var found = there.Find(_recent.Contains) ?? (there.Count == MaxRecent ? there[^1] : "0-0");

        if (found != _place)
        {
            Log.PlaceLost(_logger, _place, found);
        }

        return found;
    }

    /// <returns>The ids of the last entries up to one, the newest first.</returns>
    private async Task<List<string>> FindLastAsync(string upTo, int count, CancellationToken stopping)
    {
        var entries = await _hub.Client.ExecuteAsync(RedisCommand.Create("XREVRANGE", _stream, upTo, "-", "COUNT", count), stopping);
        return [.. entries.Items.Select(static entry => entry.Items[0].Text!)];
    }

    private void OnEntry(StreamEntry entry)
    {
        if (StreamMessage.Read(entry.Fields) is not { } message)
        {
            return;
        }

        _hub.Metrics.OnReceived();

        if (message.Number > 0 && !IsNew(message))
        {
            _hub.Metrics.OnRepeated();
            return;
        }

        try
        {
            _onMessage(entry.Id, message);
        }
        catch (FormatException exception)
        {
            _hub.OnPoison(_stream, exception);
        }
        catch (Exception exception)
        {
            // Whatever one entry brings about, those behind it are read.
            _hub.Metrics.OnPoison();
            _hub.Guard.Fail("StreamReader.OnEntry", exception);
        }
    }

    /// <summary>What a sender has to write again was read before, or is written again from there on.</summary>
    private bool IsNew(StreamMessage message)
    {
        if (!_numbers.TryGetValue(message.Sender, out var seen))
        {
            if (_numbers.Count >= MaxSenders)
            {
                ForgetSenders();
            }

            _numbers[message.Sender] = seen = new SeenNumbers();
        }

        return seen.TryAdd(message.Number);
    }

    private void ForgetSenders()
    {
        foreach (var gone in _numbers.Keys.Except(_hub.Members.Others, StringComparer.Ordinal).ToList())
        {
            _numbers.Remove(gone);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The stream could not be read; it is tried again.", EventName = nameof(NotRead))]
        public static partial void NotRead(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "The entry {Place} that was read last is not in the stream any more; reading goes on after {Found}.", EventName = nameof(PlaceLost))]
        public static partial void PlaceLost(ILogger logger, string place, string found);
    }
}
