using Salon.App.Streaming;

namespace Salon.App.Stocks;

/// <summary>
/// Makes the market, ahead of those who hear of it: its book is its own, so that a step that gets lost on its way to the others was never
/// true. Used by one task.
/// </summary>
internal sealed class MarketMaker
{
    private readonly IMarketSource _source;
    private readonly long _origin;
    private readonly MarketBook _book;

    /// <summary>Goes on from where a market is.</summary>
    public MarketMaker(Market market, IMarketSource source)
    {
        (_source, _origin, _book) = (source, market.Origin, new MarketBook(source.Listings));
        market.Read((book, _) =>
        {
            _book.CopyNow(book);
            return true;
        });
    }

    /// <summary>Makes the step that ends at a time.</summary>
    public MarketBatch Make(long time)
    {
        var step = CreateStep(_source, _origin, _book, time);
        var events = new List<NewEvent>();
        _book.Apply(step, _source.Name, events);
        return new MarketBatch(step, events);
    }

    /// <summary>Plays, in a book, what was before the market began.</summary>
    public static void PlayHistory(IMarketSource source, long origin, MarketBook book)
    {
        var time = origin - (long)source.History.TotalMilliseconds;
        var step = (long)source.Step.TotalMilliseconds;
        book.Restore([.. source.Listings.All.Select((_, index) => Quote.At(source.InitialPriceOf(index), time))], isOpen: false, time);

        while (time + step <= origin)
        {
            time += step;
            book.Apply(CreateStep(source, origin, book, time), source.Name);
        }
    }

    private static MarketStep CreateStep(IMarketSource source, long origin, MarketBook book, long time)
    {
        var trades = new List<Trade>();
        source.Trade(origin, book.Time, time, book.Quotes, trades);
        return new MarketStep(time, source.IsOpen(origin, time), trades);
    }
}
