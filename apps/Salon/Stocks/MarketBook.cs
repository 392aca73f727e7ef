using Salon.App.Streaming;

namespace Salon.App.Stocks;

/// <summary>
/// How everything stands, after the newest step. Each node has one; since a step leads to the same events wherever the same steps were before,
/// all of them agree. Guarded by the lock of the feed.
/// </summary>
internal sealed class MarketBook
{
    private readonly Quote[] _quotes;
    private readonly CandleSeries[][] _candles;

    public MarketBook(Listings listings)
    {
        Listings = listings;
        _quotes = new Quote[listings.Count];
        _candles = [.. listings.All.Select(static _ => CandleInterval.All.Select(static interval => new CandleSeries(interval)).ToArray())];
    }

    public Listings Listings { get; }

    /// <summary>Whether there is trading.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>When the newest step ended.</summary>
    public long Time { get; private set; }

    public ReadOnlySpan<Quote> Quotes => _quotes;

    public CandleSeries CandlesOf(int listing, CandleInterval interval) => _candles[listing][interval.Index];

    /// <summary>Takes over what another node knows, or what is there before the first step. Candles are the caller's to restore.</summary>
    public void Restore(ReadOnlySpan<Quote> quotes, bool isOpen, long time)
    {
        quotes.CopyTo(_quotes);
        (IsOpen, Time) = (isOpen, time);
    }

    /// <summary>Takes over what steps to come depend on; not the candles that have ended.</summary>
    public void CopyNow(MarketBook other)
    {
        Restore(other._quotes, other.IsOpen, other.Time);

        for (var i = 0; i < _candles.Length; i++)
        {
            foreach (var interval in CandleInterval.All)
            {
                CandlesOf(i, interval).Restore([], other.CandlesOf(i, interval).Open);
            }
        }
    }

    /// <summary>Makes a step true.</summary>
    /// <param name="step">The step.</param>
    /// <param name="source">Where trades come from.</param>
    /// <param name="events">Where the events go to that tell of it: candles that have ended, then the session, then ticks. Nowhere by default.</param>
    public void Apply(MarketStep step, string source, List<NewEvent>? events = null)
    {
        EndCandles(step.Time, events);

        if (step.IsOpen != IsOpen)
        {
            ChangeSession(step.IsOpen);
            events?.Add(new NewEvent(MarketJson.Status, MarketJson.StatusData(step.IsOpen, source, isLive: true, step.Time)));
        }

        foreach (var trade in step.Trades)
        {
            Add(trade);
            events?.Add(MarketJson.TickOf(Listings, trade, _quotes[trade.Listing]));
        }

        Time = step.Time;
    }

    private void EndCandles(long time, List<NewEvent>? events)
    {
        for (var i = 0; i < _candles.Length; i++)
        {
            foreach (var series in _candles[i])
            {
                if (series.TryEnd(time, out var candle))
                {
                    events?.Add(MarketJson.CandleOf(Listings, i, series.Interval, candle));
                }
            }
        }
    }

    private void ChangeSession(bool isOpen)
    {
        IsOpen = isOpen;

        // A day begins where the last one ended.
        for (var i = 0; isOpen && i < _quotes.Length; i++)
        {
            _quotes[i] = _quotes[i].NextDay();
        }
    }

    private void Add(in Trade trade)
    {
        _quotes[trade.Listing] = _quotes[trade.Listing].After(trade);

        foreach (var series in _candles[trade.Listing])
        {
            series.Add(trade);
        }
    }
}
