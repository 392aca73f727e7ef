using Salon.App.Streaming;

namespace Salon.App.Stocks;

/// <summary>
/// The market as this node knows it: the book, and the feed that tells of it. Steps come from one task at a time; reading is thread-safe.
/// </summary>
internal sealed class Market : IFeedContent
{
    private const string FeedName = "stocks";

    // In a cluster, a client may have heard from another node what this one hears in a moment.
    private const int MaxLeadInCluster = 1000;

    private readonly IMarketSource _source;
    private readonly MarketBook _book;
    private (TopicSet Topics, StreamId Id, bool IsLive, ReadOnlyMemory<byte> Data) _lastSnapshot = (TopicSet.All, default, false, default);
    private volatile bool _isLive;

    public Market(IMarketSource source, System.Diagnostics.Metrics.IMeterFactory meters, bool isCluster)
    {
        _source = source;
        _book = new MarketBook(source.Listings);
        _isLive = !isCluster;
        Feed = new EventFeed(new FeedOptions(FeedName, MaxLead: isCluster ? MaxLeadInCluster : 0), this, new FeedMetrics(meters, FeedName));
    }

    public EventFeed Feed { get; }

    public Listings Listings => _source.Listings;

    public string SourceName => _source.Name;

    /// <summary>When the run of the market began, in Unix milliseconds.</summary>
    public long Origin { get; private set; }

    /// <summary>When the newest step ended.</summary>
    public long Time => _book.Time;

    /// <summary>Whether this node hears from whoever makes the market.</summary>
    public bool IsLive
    {
        get => _isLive;
        set
        {
            if (_isLive != value)
            {
                _isLive = value;
                Feed.TellStatus();
            }
        }
    }

    /// <summary>Begins a run of the market, with the history that the source can tell.</summary>
    public void Begin(string epoch, long origin) => Begin(epoch, origin, head: 0, book => MarketMaker.PlayHistory(_source, origin, book), []);

    /// <summary>Begins where another node is.</summary>
    /// <param name="epoch">The run of the market.</param>
    /// <param name="origin">When it began.</param>
    /// <param name="head">How many events there were before the past that is known.</param>
    /// <param name="restore">Makes the book what it is after the past.</param>
    /// <param name="past">The newest events, for who comes back.</param>
    public void Begin(string epoch, long origin, long head, Action<MarketBook> restore, IReadOnlyCollection<NewEvent> past)
    {
        Origin = origin;
        Feed.Begin(epoch, head, past, () =>
        {
            restore(_book);
            _lastSnapshot = (TopicSet.All, default, false, default);
        });
    }

    /// <summary>Makes a step true, and tells of it.</summary>
    public void Apply(MarketBatch batch) => Feed.Publish(() =>
    {
        _book.Apply(batch.Step, SourceName);
        return batch.Events;
    });

    /// <summary>Reads the book, as of the newest event.</summary>
    public T Read<T>(Func<MarketBook, StreamId, T> read) => Feed.Read(id => read(_book, id));

    ReadOnlyMemory<byte>? IFeedContent.TakeSnapshot(TopicSet topics)
    {
        // Those who come together want the same.
        var id = new StreamId(Feed.Ring!.Epoch, Feed.Ring.Head);

        var isLive = _isLive;

        if (_lastSnapshot.Id != id || _lastSnapshot.IsLive != isLive || !_lastSnapshot.Topics.Equals(topics))
        {
            _lastSnapshot = (topics, id, isLive, MarketSnapshot.Write(_book, topics, SourceName, isLive));
        }

        return _lastSnapshot.Data;
    }

    ReadOnlyMemory<byte> IFeedContent.DescribeStatus(FeedNotice notice) => MarketJson.StatusData(_book.IsOpen, SourceName, _isLive, _book.Time, notice);
}
