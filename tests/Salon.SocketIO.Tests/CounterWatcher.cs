using System.Diagnostics.Metrics;

namespace Salon.SocketIO.Tests;

/// <summary>Adds up what a counter counts: of one server, since other tests have theirs in the same process.</summary>
internal sealed class CounterWatcher : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _sum;

    public CounterWatcher(SocketServer server, string name)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == name && instrument.Meter.Scope == server.Meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _sum, value));
        _listener.Start();
    }

    public long Sum => Interlocked.Read(ref _sum);

    public void Dispose() => _listener.Dispose();
}
