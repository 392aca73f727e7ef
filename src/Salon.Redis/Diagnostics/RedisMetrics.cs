using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Salon.Redis.Diagnostics;

/// <summary>What a client counts: the meter <c>Salon.Redis</c>. Thread-safe.</summary>
internal sealed class RedisMetrics : IDisposable
{
    public const string MeterName = "Salon.Redis";

    private readonly TimeProvider _time;
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _commands;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _reconnects;
    private readonly Counter<long> _messages;
    private readonly Histogram<double> _duration;

    public RedisMetrics(TimeProvider time)
    {
        _time = time;
        _commands = _meter.CreateCounter<long>("salon.redis.commands", "{command}", "Commands that ended, by name.");
        _errors = _meter.CreateCounter<long>("salon.redis.errors", "{command}", "Commands that failed, by name and kind of failure.");
        _reconnects = _meter.CreateCounter<long>("salon.redis.reconnects", "{connection}", "Connections that took the place of a lost one, by purpose.");
        _messages = _meter.CreateCounter<long>("salon.redis.messages", "{message}", "Messages of channels that arrived.");
        _duration = _meter.CreateHistogram<double>(
            "db.client.operation.duration",
            "s",
            "How long commands took, with the time that they waited.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });
    }

    /// <summary>Adds what is looked at rather than counted.</summary>
    public void Observe(Func<long> queuedBytes, Func<long> inFlight)
    {
        _meter.CreateObservableUpDownCounter("salon.redis.queued", queuedBytes, "By", "Bytes that wait to be sent.");
        _meter.CreateObservableUpDownCounter("salon.redis.in_flight", inFlight, "{command}", "Commands that were sent and are not answered yet.");
    }

    public void OnSucceeded(string command, long startedAt) => OnEnded(command, startedAt);

    public void OnFailed(string command, long startedAt, string kind)
    {
        OnEnded(command, startedAt);
        _errors.Add(1, new KeyValuePair<string, object?>("db.operation.name", command), new KeyValuePair<string, object?>("error.type", kind));
    }

    public void OnReconnected(string purpose) => _reconnects.Add(1, new KeyValuePair<string, object?>("purpose", purpose));

    public void OnMessage() => _messages.Add(1);

    public void Dispose() => _meter.Dispose();

    private void OnEnded(string command, long startedAt)
    {
        if (_commands.Enabled)
        {
            _commands.Add(1, new KeyValuePair<string, object?>("db.operation.name", command));
        }

        if (_duration.Enabled)
        {
            _duration.Record(
                _time.GetElapsedTime(startedAt).TotalSeconds,
                new TagList { { "db.system.name", "redis" }, { "db.operation.name", command } });
        }
    }
}
