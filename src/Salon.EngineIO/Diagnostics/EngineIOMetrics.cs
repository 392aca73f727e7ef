using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Salon.EngineIO.Protocol;
using Salon.EngineIO.Sessions;
using Salon.Timing;

namespace Salon.EngineIO.Diagnostics;

/// <summary>What an Engine.IO server counts: the meter <c>Salon.EngineIO</c>. Thread-safe.</summary>
internal sealed class EngineIOMetrics
{
    public const string MeterName = "Salon.EngineIO";

    private readonly UpDownCounter<long> _sessions;
    private readonly Counter<long> _closes;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _sentBytes;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _received;
    private readonly Counter<long> _receivedBytes;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _full;
    private readonly Counter<long> _heldBack;
    private readonly OnceAMinute _sayingFull;
    private int _pollingCount;
    private int _webSocketCount;

    public EngineIOMetrics(IServiceProvider services)
    {
        _sayingFull = new OnceAMinute(services.GetService<TimeProvider>() ?? TimeProvider.System);
        var meter = services.GetService<IMeterFactory>()?.Create(MeterName) ?? new Meter(MeterName);

        _sessions = meter.CreateUpDownCounter<long>("salon.engineio.sessions", "{session}", "Sessions that are open, by transport.");
        _closes = meter.CreateCounter<long>("salon.engineio.closes", "{session}", "Sessions that ended, by reason.");
        _sent = meter.CreateCounter<long>("salon.engineio.packets.sent", "{packet}", "Packets that were queued for clients.");
        _sentBytes = meter.CreateCounter<long>("salon.engineio.bytes.sent", "By", "Bytes that were queued for clients.");
        _dropped = meter.CreateCounter<long>("salon.engineio.packets.dropped", "{packet}", "Volatile packets that were dropped.");
        _received = meter.CreateCounter<long>("salon.engineio.packets.received", "{packet}", "Packets that clients sent.");
        _receivedBytes = meter.CreateCounter<long>("salon.engineio.bytes.received", "By", "Bytes of the packets that clients sent.");
        _refused = meter.CreateCounter<long>("salon.engineio.requests.refused", "{request}", "Requests that were refused, by error code.");
        _full = meter.CreateCounter<long>("salon.engineio.connections.refused", "{session}", "Sessions for which there was no place, by limit.");
        _heldBack = meter.CreateCounter<long>("salon.engineio.reads.held", "{read}", "Reads that waited because their address sends most and there is too much to do.");
        Failures = meter.CreateCounter<long>("salon.engineio.calls.failed", "{call}", "Calls of the application's code that failed, by what was called.");
    }

    /// <summary>Counts a session for which there was no place.</summary>
    /// <returns>Whether that is worth a line in the log: once a minute.</returns>
    public bool OnFull(bool isTotal)
    {
        _full.Add(1, new KeyValuePair<string, object?>("limit", isTotal ? "total" : "address"));
        return _sayingFull.TryTake();
    }

    /// <summary>Counts a session that is to come back later, since so many of its address wait for their turn.</summary>
    public void OnCrowded() => _full.Add(1, new KeyValuePair<string, object?>("limit", "turn"));

    /// <summary>Counts a read, or a request, that has to wait for its turn.</summary>
    public void OnHeldBack() => _heldBack.Add(1);

    /// <summary>What the guard counts.</summary>
    public Counter<long> Failures { get; }

    public int Count(EngineTransport transport) =>
        (transport.HasFlag(EngineTransport.Polling) ? Volatile.Read(ref _pollingCount) : 0)
        + (transport.HasFlag(EngineTransport.WebSocket) ? Volatile.Read(ref _webSocketCount) : 0);

    public void OnOpened(EngineTransport transport) => Add(transport, 1);

    public void OnUpgraded()
    {
        Add(EngineTransport.Polling, -1);
        Add(EngineTransport.WebSocket, 1);
    }

    public void OnClosed(EngineTransport transport, CloseReason reason)
    {
        Add(transport, -1);
        _closes.Add(1, new KeyValuePair<string, object?>("reason", reason.ToMetricTag()));
    }

    public void OnSent(EngineMessage message, QueueStatus status)
    {
        if (status == QueueStatus.Added)
        {
            _sent.Add(1 + message.Attachments.Count);
            _sentBytes.Add(message.Size);
        }
        else if (status is QueueStatus.Dropped or QueueStatus.Full)
        {
            _dropped.Add(1);
        }
    }

    public void OnReceived(in EnginePacket packet)
    {
        _received.Add(1);
        _receivedBytes.Add(packet.Data.Length);
    }

    public void OnRefused(EngineErrorCode code) => _refused.Add(1, new KeyValuePair<string, object?>("code", (int)code));

    private void Add(EngineTransport transport, int change)
    {
        ref var count = ref transport == EngineTransport.Polling ? ref _pollingCount : ref _webSocketCount;
        Interlocked.Add(ref count, change);
        _sessions.Add(change, new KeyValuePair<string, object?>("transport", transport.ToName()));
    }
}
