using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Salon.SocketIO.Admin.Watching;

/// <summary>
/// Counts what the engine does, by listening to its metrics as long as somebody wants to know: a server that nobody watches pays nothing.
/// Thread-safe.
/// </summary>
internal sealed class EngineCounts : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _disconnections = new(StringComparer.Ordinal);
    private readonly SocketIOServer _io;
    private long _connections;
    private long _packetsIn;
    private long _packetsOut;
    private long _bytesIn;
    private long _bytesOut;

    /// <param name="io">The server.</param>
    /// <param name="scope">What made its meters; those of other apps in the same process have another.</param>
    public EngineCounts(SocketIOServer io, IMeterFactory? scope)
    {
        _io = io;
        _io.Engine.Connection += OnConnection;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Salon.EngineIO" && instrument.Meter.Scope == scope)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(OnMeasured);
        _listener.Start();
    }

    public void Dispose()
    {
        _io.Engine.Connection -= OnConnection;
        _listener.Dispose();
    }

    /// <summary>What happened since the last call.</summary>
    public IReadOnlyList<AggregatedEvent> Take(DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds() * 1000;
        var taken = new List<AggregatedEvent>();

        foreach (var (type, count) in new[]
        {
            ("rawConnection", Interlocked.Exchange(ref _connections, 0)),
            ("packetsIn", Interlocked.Exchange(ref _packetsIn, 0)),
            ("packetsOut", Interlocked.Exchange(ref _packetsOut, 0)),
            ("bytesIn", Interlocked.Exchange(ref _bytesIn, 0)),
            ("bytesOut", Interlocked.Exchange(ref _bytesOut, 0)),
        })
        {
            if (count > 0)
            {
                taken.Add(new AggregatedEvent(timestamp, type, null, count));
            }
        }

        foreach (var reason in _disconnections.Keys)
        {
            if (_disconnections.TryRemove(reason, out var count))
            {
                taken.Add(new AggregatedEvent(timestamp, "rawDisconnection", reason, count));
            }
        }

        return taken;
    }

    private void OnConnection(EngineIO.EngineSession session) => Interlocked.Increment(ref _connections);

    private void OnMeasured(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        switch (instrument.Name)
        {
            case "salon.engineio.packets.received":
                Interlocked.Add(ref _packetsIn, value);
                break;

            case "salon.engineio.packets.sent":
                Interlocked.Add(ref _packetsOut, value);
                break;

            case "salon.engineio.bytes.received":
                Interlocked.Add(ref _bytesIn, value);
                break;

            case "salon.engineio.bytes.sent":
                Interlocked.Add(ref _bytesOut, value);
                break;

            case "salon.engineio.closes" when tags.Length > 0 && tags[0].Value is string reason:
                _disconnections.AddOrUpdate(reason, value, (_, count) => count + value);
                break;
        }
    }
}
