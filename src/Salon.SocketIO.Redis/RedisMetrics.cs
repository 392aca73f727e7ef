using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

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

    public RedisMetrics(IServiceProvider services)
    {
        var meter = services.GetService<IMeterFactory>()?.Create(MeterName) ?? new Meter(MeterName);

        _published = meter.CreateCounter<long>("salon.cluster.messages.published", "{message}", "Messages that were given to Redis for the other servers.");
        _received = meter.CreateCounter<long>("salon.cluster.messages.received", "{message}", "Messages of other servers.");
        _lost = meter.CreateCounter<long>("salon.cluster.messages.lost", "{message}", "Messages that did not reach Redis: it was away too long, or too much was waiting.");
        _poison = meter.CreateCounter<long>("salon.cluster.messages.invalid", "{message}", "Messages of other servers that could not be read, and were skipped.");
        _repeated = meter.CreateCounter<long>("salon.cluster.messages.repeated", "{message}", "Messages that were in the stream twice, and were skipped the second time.");
    }

    public void OnPublished() => _published.Add(1);

    public void OnReceived() => _received.Add(1);

    public void OnLost() => _lost.Add(1);

    public void OnPoison() => _poison.Add(1);

    public void OnRepeated() => _repeated.Add(1);
}
