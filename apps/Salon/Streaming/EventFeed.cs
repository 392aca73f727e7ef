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

    /// <summary>Begins an epoch: everybody who reads another one is reset.</summary>
    /// <param name="epoch">Its name: a token that no other run of this feed has.</param>
    /// <param name="head">How many of its events there were before the past that is known.</param>
    /// <param name="past">The newest events, where they are known.</param>
    /// <param name="change">What else changes with it.</param>
    public void Begin(string epoch, long head = 0, IReadOnlyCollection<NewEvent>? past = null, Action? change = null)
    {
        lock (_gate)
        {
            change?.Invoke();
            var ring = new EventRing(epoch, options.Capacity, head);

            foreach (var added in past ?? [])
            {
                ring.Add(added);
            }

            _ring = ring;
        }

        Readers.Wake();
    }

    /// <summary>Adds events, and wakes the readers once for all of them.</summary>
    public void Publish(IReadOnlyCollection<NewEvent> events) => Publish(() => events);

    /// <summary>Changes what the content says, and adds the events that tell of it: nobody sees the one without the other.</summary>
    /// <param name="change">Makes the change and the events, in order.</param>
    /// <returns>How many events there were.</returns>
    public int Publish(Func<IReadOnlyCollection<NewEvent>> change)
    {
        int count;

        lock (_gate)
        {
            var ring = _ring ?? throw new InvalidOperationException("The feed has not begun.");
            var events = change();
            count = events.Count;

            foreach (var added in events)
            {
                ring.Add(added);
            }
        }

        if (count > 0)
        {
            metrics.OnProduced(count);
            Readers.Wake();
        }

        return count;
    }

    /// <summary>Reads what the content says, as of the newest event.</summary>
    public T Read<T>(Func<StreamId, T> read)
    {
        lock (_gate)
        {
            return read(new StreamId(_ring?.Epoch ?? "", _ring?.Head ?? 0));
        }
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
