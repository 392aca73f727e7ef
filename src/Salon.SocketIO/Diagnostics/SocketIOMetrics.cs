using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Salon.SocketIO.Diagnostics;

/// <summary>What a Socket.IO server counts: the meter <c>Salon.SocketIO</c>. Thread-safe.</summary>
internal sealed class SocketIOMetrics
{
    public const string MeterName = "Salon.SocketIO";

    private readonly Counter<long> _limitedEvents;
    private readonly Counter<long> _limitedConnects;
    private readonly Counter<long> _repeatedEvents;
    private readonly Counter<long> _waits;

    public SocketIOMetrics(IServiceProvider services)
    {
        var meter = services.GetService<IMeterFactory>()?.Create(MeterName) ?? new Meter(MeterName);

        _limitedEvents = meter.CreateCounter<long>("salon.socketio.events.limited", "{event}", "Events that were refused because there were too many.");
        _limitedConnects = meter.CreateCounter<long>("salon.socketio.connects.limited", "{connect}", "Attempts to join a namespace that were refused because there were too many.");
        _waits = meter.CreateCounter<long>("salon.socketio.emits.waiting", "{wait}", "Clients that an emit waited for because they were behind.");
        _repeatedEvents = meter.CreateCounter<long>("salon.socketio.events.repeated", "{event}", "Events that clients sent again, and that were answered without being handled.");
        Failures = meter.CreateCounter<long>("salon.socketio.calls.failed", "{call}", "Calls of the application's code that failed, by what was called.");
    }

    /// <summary>What the guard counts.</summary>
    public Counter<long> Failures { get; }

    public void OnEventLimited() => _limitedEvents.Add(1);

    public void OnWaiting() => _waits.Add(1);

    public void OnEventRepeated() => _repeatedEvents.Add(1);

    public void OnConnectLimited() => _limitedConnects.Add(1);
}
