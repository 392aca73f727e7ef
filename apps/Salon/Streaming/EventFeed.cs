namespace Salon.App.Streaming;

/// <summary>
/// Events in order, and those who read them: each where it is, without a queue of its own. The lock protects the order of events and what
/// the content says of them; reading needs none. Thread-safe.
/// </summary>
internal sealed class EventFeed(FeedOptions options, IFeedContent content, FeedMetrics metrics)
{
    private readonly Lock _gate = new();
    private volatile EventRing? _ring;
    private int _statusVersion;

    public FeedOptions Options => options;

    public FeedMetrics Metrics => metrics;

    public FeedReaders Readers { get; } = new();

    /// <summary>The events; <see langword="null"/> before the first epoch has begun.</summary>
    public EventRing? Ring => _ring;

    /// <summary>How often <see cref="TellStatus"/> was called.</summary>
    public int StatusVersion => Volatile.Read(ref _statusVersion);

    /// <summary>Begins an epoch: everybody who reads is reset.</summary>
    /// <param name="epoch">Its name: a token that no other run of this feed has.</param>
    /// <param name="head">How many of its events have been before.</param>
    /// <param name="change">What else changes with it.</param>
    public void Begin(string epoch, long head = 0, Action? change = null)
    {
        lock (_gate)
        {
            change?.Invoke();
            _ring = new EventRing(epoch, options.Capacity, head);
        }

        Readers.Wake();
    }

    /// <summary>Adds events, and wakes the readers once for all of them.</summary>
    /// <param name="events">The events, in order.</param>
    /// <param name="change">What they say, made true for who comes after them.</param>
    public void Publish(IReadOnlyCollection<NewEvent> events, Action? change = null)
    {
        lock (_gate)
        {
            var ring = _ring ?? throw new InvalidOperationException("The feed has not begun.");
            change?.Invoke();

            foreach (var added in events)
            {
                ring.Add(added);
            }
        }

        metrics.OnProduced(events.Count);
        Readers.Wake();
    }

    /// <summary>Tells everybody how the feed is doing.</summary>
    public void TellStatus()
    {
        Interlocked.Increment(ref _statusVersion);
        Readers.Wake();
    }

    public StreamEvent DescribeStatus(FeedNotice notice = default) => new(null, new NewEvent("status", content.DescribeStatus(notice)));

    /// <summary>Says how things are, as of the newest event.</summary>
    /// <returns>The snapshot, if the content has any, the ring it belongs to, and where in it a reader goes on.</returns>
    public (StreamEvent? Snapshot, EventRing Ring, long Position) TakeSnapshot(TopicSet topics)
    {
        lock (_gate)
        {
            var ring = _ring ?? throw new InvalidOperationException("The feed has not begun.");
            var snapshot = content.TakeSnapshot(topics) is { } data
                ? new StreamEvent(new StreamId(ring.Epoch, ring.Head), new NewEvent("snapshot", data))
                : null;

            return (snapshot, ring, ring.Head);
        }
    }
}
