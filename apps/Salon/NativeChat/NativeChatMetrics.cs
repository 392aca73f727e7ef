using System.Diagnostics.Metrics;

namespace Salon.App.NativeChat;

/// <summary>What can be seen of the native chat from outside; docs/operations/metrics.md lists it. Thread-safe.</summary>
internal sealed class NativeChatMetrics
{
    public const string MeterName = "Salon.NativeChat";

    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _closes;
    private readonly Counter<long> _messages;

    public NativeChatMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _connections = meter.CreateUpDownCounter<long>("salon.nativechat.connections", description: "Connections that are open.");
        _closes = meter.CreateCounter<long>("salon.nativechat.closes", description: "Connections that ended, by the code with which they were closed here.");
        _messages = meter.CreateCounter<long>("salon.nativechat.messages", description: "Messages that were said on this node.");
    }

    public void OnOpened() => _connections.Add(1);

    public void OnClosed(Farewell? farewell)
    {
        _connections.Add(-1);
        _closes.Add(1, new KeyValuePair<string, object?>("code", (int)(farewell ?? Farewell.Bye).Status));
    }

    public void OnSaid() => _messages.Add(1);
}
