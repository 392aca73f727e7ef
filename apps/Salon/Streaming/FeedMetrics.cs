using System.Diagnostics.Metrics;

namespace Salon.App.Streaming;

/// <summary>What one feed counts: the meter <c>Salon.Streams</c>, labelled with the feed's name. Thread-safe.</summary>
internal sealed class FeedMetrics
{
    public const string MeterName = "Salon.Streams";

    private readonly KeyValuePair<string, object?> _feed;
    private readonly UpDownCounter<long> _openStreams;
    private readonly Counter<long> _producedEvents;
    private readonly Counter<long> _conflatedEvents;
    private readonly Counter<long> _replayedEvents;
    private readonly Counter<long> _resetReaders;
    private long _open;
    private long _produced;
    private long _conflated;
    private long _replayed;
    private long _resets;

    public FeedMetrics(IMeterFactory meters, string feed)
    {
        var meter = meters.Create(MeterName);

        _feed = new KeyValuePair<string, object?>("feed", feed);
        _openStreams = meter.CreateUpDownCounter<long>("salon.streams.open", "{stream}", "Streams that are open, by transport.");
        _producedEvents = meter.CreateCounter<long>("salon.streams.events.produced", "{event}", "Events that a feed got, whoever reads them.");
        _conflatedEvents = meter.CreateCounter<long>("salon.streams.events.conflated", "{event}", "Events that readers who were too slow did not get, since later ones made up for them.");
        _replayedEvents = meter.CreateCounter<long>("salon.streams.events.replayed", "{event}", "Events that readers had missed, and got when they came back.");
        _resetReaders = meter.CreateCounter<long>("salon.streams.resets", "{reset}", "Readers that could not go on where they were, by reason.");
    }

    public long Open => Volatile.Read(ref _open);

    public long Produced => Volatile.Read(ref _produced);

    public long Conflated => Volatile.Read(ref _conflated);

    public long Replayed => Volatile.Read(ref _replayed);

    public long Resets => Volatile.Read(ref _resets);

    public void OnOpened(string transport) => Count(transport, 1);

    public void OnClosed(string transport) => Count(transport, -1);

    public void OnProduced(int count)
    {
        Interlocked.Add(ref _produced, count);
        _producedEvents.Add(count, _feed);
    }

    public void OnConflated(long count)
    {
        Interlocked.Add(ref _conflated, count);
        _conflatedEvents.Add(count, _feed);
    }

    public void OnReplayed(int count)
    {
        Interlocked.Add(ref _replayed, count);
        _replayedEvents.Add(count, _feed);
    }

    public void OnReset(ResetReason reason)
    {
        Interlocked.Increment(ref _resets);
        _resetReaders.Add(1, _feed, new KeyValuePair<string, object?>("reason", reason.ToText()));
    }

    private void Count(string transport, int change)
    {
        Interlocked.Add(ref _open, change);
        _openStreams.Add(change, _feed, new KeyValuePair<string, object?>("transport", transport));
    }
}
