namespace Salon.App.Stocks;

/// <summary>What <c>/status</c> says of the stocks.</summary>
/// <param name="Source"><c>simulated</c> or <c>replay</c>.</param>
/// <param name="Session"><c>open</c> or <c>closed</c>.</param>
/// <param name="Live">Whether this node hears from whoever makes the market.</param>
/// <param name="LastEventId">The newest event.</param>
/// <param name="Streams">How many streams, polls and sockets read here.</param>
/// <param name="EventsProduced">How many events there were since the start.</param>
/// <param name="EventsReplayed">How many were told again to readers that came back.</param>
/// <param name="EventsConflated">How many were left out for readers that were too slow.</param>
/// <param name="Resets">How often a reader had to begin anew.</param>
internal sealed record StocksStatus(
    string Source,
    string Session,
    bool Live,
    string? LastEventId,
    long Streams,
    long EventsProduced,
    long EventsReplayed,
    long EventsConflated,
    long Resets)
{
    public static StocksStatus Of(Market market)
    {
        var metrics = market.Feed.Metrics;
        var (isOpen, id) = market.Read(static (book, id) => (book.IsOpen, id));

        return new StocksStatus(
            market.SourceName,
            MarketJson.SessionName(isOpen),
            market.IsLive,
            market.Feed.Ring is null ? null : id.ToString(),
            metrics.Open,
            metrics.Produced,
            metrics.Replayed,
            metrics.Conflated,
            metrics.Resets);
    }
}
