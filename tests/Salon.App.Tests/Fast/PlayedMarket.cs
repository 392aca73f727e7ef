using Salon.App.Stocks;

namespace Salon.App.Tests.Fast;

/// <summary>A market without a past in which every share is traded with each step, a cent dearer each time.</summary>
internal sealed class PlayedMarket : IMarketSource
{
    public string Name => "played";

    public string Fingerprint => "played";

    public Listings Listings { get; } = new([new Listing("ACME", "Acme", "x"), new Listing("GLOB", "Globe", "x"), new Listing("INIT", "Initech", "x")]);

    public TimeSpan Step => TimeSpan.FromMilliseconds(250);

    public TimeSpan History => TimeSpan.Zero;

    public long InitialPriceOf(int listing) => 1000 * (listing + 1);

    public bool IsOpen(long origin, long time) => true;

    public void Trade(long origin, long from, long time, ReadOnlySpan<Quote> quotes, List<Trade> trades)
    {
        for (var i = 0; i < quotes.Length; i++)
        {
            trades.Add(new Trade(i, quotes[i].Price + 1, 1, time));
        }
    }
}
