using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Salon.EngineIO;

namespace Salon.SocketIO.Redis;

/// <summary>What the adapters count: the meter <c>Salon.SocketIO.Redis</c>. Thread-safe.</summary>
internal sealed class RedisMetrics
{
    public const string MeterName = "Salon.SocketIO.Redis";

    private readonly Counter<long> _published;
    private readonly Counter<long> _received;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _poison;
    private readonly Counter<long> _repeated;
    private readonly Counter<long> _forwarded;
    private readonly Counter<long> _served;
    private readonly UpDownCounter<long> _waiting;

    public RedisMetrics(IServiceProvider services)
    {
        var meter = services.GetService<IMeterFactory>()?.Create(MeterName) ?? new Meter(MeterName);

        _published = meter.CreateCounter<long>("salon.cluster.messages.published", "{message}", "Messages that were given to Redis for the other servers.");
        _received = meter.CreateCounter<long>("salon.cluster.messages.received", "{message}", "Messages of other servers.");
        _lost = meter.CreateCounter<long>("salon.cluster.messages.lost", "{message}", "Messages that did not reach Redis: it was away too long, or too much was waiting.");
        _poison = meter.CreateCounter<long>("salon.cluster.messages.invalid", "{message}", "Messages of other servers that could not be read, and were skipped.");
        _repeated = meter.CreateCounter<long>("salon.cluster.messages.repeated", "{message}", "Messages that were in the stream twice, and were skipped the second time.");
        Failures = meter.CreateCounter<long>("salon.cluster.failures", "{failure}", "Handlers and loops of the adapters that failed, by call.");
        _forwarded = meter.CreateCounter<long>("salon.cluster.requests.forwarded", "{request}", "Requests that arrived here for sessions of other servers, by outcome.");
        _served = meter.CreateCounter<long>("salon.cluster.requests.served", "{request}", "Requests that other servers have forwarded here.");
        _waiting = meter.CreateUpDownCounter<long>("salon.cluster.requests.waiting", "{request}", "Requests that wait here for the answers of other servers.");
    }

    public ForwardedRequests Requests { get; } = new();

    /// <summary>What failed beside the messages themselves.</summary>
    public Counter<long> Failures { get; }

    public void OnPublished() => _published.Add(1);

    public void OnReceived() => _received.Add(1);

    public void OnLost() => _lost.Add(1);

    public void OnPoison() => _poison.Add(1);

    public void OnRepeated() => _repeated.Add(1);

    public void OnForwarded(ForwardStatus status)
    {
        _forwarded.Add(1, new KeyValuePair<string, object?>("outcome", status switch
        {
            ForwardStatus.Answered => "answered",
            ForwardStatus.UnknownSession => "unknown",
            ForwardStatus.Unavailable => "unavailable",
            _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
        }));

        if (status == ForwardStatus.Answered)
        {
            Requests.OnAnswered();
        }
        else
        {
            Requests.OnFailed();
        }
    }

    public void OnServed()
    {
        _served.Add(1);
        Requests.OnServed();
    }

    /// <returns>How many wait now.</returns>
    public int AddWaiting(int change)
    {
        _waiting.Add(change);
        return Requests.AddWaiting(change);
    }
}
