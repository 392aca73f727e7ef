using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Salon.SocketIO.Redis.Flask;

/// <summary>What the bus of Flask-SocketIO counts, in the meter <c>Salon.SocketIO.Redis</c>. Thread-safe.</summary>
internal sealed class FlaskMetrics
{
    private readonly Counter<long> _published;
    private readonly Counter<long> _received;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _invalid;
    private readonly Counter<long> _pickled;
    private readonly Counter<long> _dropped;

    public FlaskMetrics(IServiceProvider services)
    {
        var meter = services.GetService<IMeterFactory>()?.Create(RedisMetrics.MeterName) ?? new Meter(RedisMetrics.MeterName);

        _published = meter.CreateCounter<long>("salon.flask.messages.published", "{message}", "Messages that were given to Redis for the bus of Flask-SocketIO.");
        _received = meter.CreateCounter<long>("salon.flask.messages.received", "{message}", "Messages on the bus of Flask-SocketIO, this server's own not counted.");
        _lost = meter.CreateCounter<long>("salon.flask.messages.lost", "{message}", "Messages for the bus that did not reach Redis: it was away too long, or too much was waiting.");
        _invalid = meter.CreateCounter<long>("salon.flask.messages.invalid", "{message}", "Messages on the bus that could not be read, and were skipped.");
        _pickled = meter.CreateCounter<long>("salon.flask.messages.pickled", "{message}", "Messages on the bus that were dropped because they are pickled.");
        Failures = meter.CreateCounter<long>("salon.flask.failures", "{failure}", "Handlers and loops of the bus that failed, by call.");
        _dropped = meter.CreateCounter<long>("salon.flask.messages.dropped", "{message}", "Messages on the bus that were dropped because too much was waiting, and answers that cannot be told Python.");
    }

    /// <summary>What failed beside the messages themselves.</summary>
    public Counter<long> Failures { get; }

    public void OnPublished() => _published.Add(1);

    public void OnReceived() => _received.Add(1);

    public void OnLost() => _lost.Add(1);

    public void OnInvalid() => _invalid.Add(1);

    public void OnPickled() => _pickled.Add(1);

    public void OnDropped() => _dropped.Add(1);
}
