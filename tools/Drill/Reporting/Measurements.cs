using System.Collections.Concurrent;
using System.Diagnostics;
using Salon.Drills.Clients;

namespace Salon.Drills.Reporting;

/// <summary>What the clients count and measure together. Thread-safe.</summary>
internal sealed class Measurements
{
    private readonly ConcurrentDictionary<string, int> _refusals = new();
    private readonly Lock _gate = new();
    private IReadOnlyList<Outbox> _outboxes = [];
    private TimeSpan _longestSilence;
    private bool _isMeasuringSilence = true;
    private int _connections;
    private int _gaps;
    private long _sendings;

    /// <summary>From the first time that a message was sent until it was acknowledged.</summary>
    public Histogram Acknowledged { get; } = new();

    /// <summary>From the first time that a message was sent until a client had it, for every client.</summary>
    public Histogram Delivered { get; } = new();

    public IReadOnlyDictionary<string, int> Refusals => _refusals;

    /// <summary>The longest time for which any client got no message at all.</summary>
    public TimeSpan LongestSilence => _longestSilence;

    public int Connections => _connections;

    /// <summary>How often a client saw that something was missing, and read it.</summary>
    public int Gaps => _gaps;

    /// <summary>How often messages were sent, those that were sent again included.</summary>
    public long Sendings => _sendings;

    /// <summary>The clients' messages, by the clients' numbers.</summary>
    public void Watch(IReadOnlyList<Outbox> outboxes) => _outboxes = outboxes;

    public void OnConnected() => Interlocked.Increment(ref _connections);

    public void OnGap() => Interlocked.Increment(ref _gaps);

    public void OnRefused(string code) => _refusals.AddOrUpdate(code, 1, static (_, count) => count + 1);

    public void OnSending() => Interlocked.Increment(ref _sendings);

    public void OnAcked(OutMessage message) => Acknowledged.Add(message.SentAt);

    /// <summary>A client has a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="heardAt">When the client got one before; changed to now.</param>
    public void OnDelivered(Incoming message, ref long heardAt)
    {
        var now = Stopwatch.GetTimestamp();
        var before = Interlocked.Exchange(ref heardAt, now);

        if (FindOrigin(message.ClientMsgId) is { } origin)
        {
            Delivered.Add(origin.SentAt);
        }

        if (before != 0)
        {
            OnSilence(Stopwatch.GetElapsedTime(before, now));
        }
    }

    /// <summary>No more messages are written: silence means nothing from now on.</summary>
    public void OnAllSent() => _isMeasuringSilence = false;

    private void OnSilence(TimeSpan silence)
    {
        if (_isMeasuringSilence && silence > _longestSilence)
        {
            lock (_gate)
            {
                _longestSilence = silence > _longestSilence ? silence : _longestSilence;
            }
        }
    }

    private OutMessage? FindOrigin(string clientMsgId)
    {
        var dash = clientMsgId.IndexOf('-', StringComparison.Ordinal);

        return dash > 0 && int.TryParse(clientMsgId.AsSpan(0, dash), out var client) && int.TryParse(clientMsgId.AsSpan(dash + 1), out var number)
            ? _outboxes[client].Messages[number]
            : null;
    }
}
