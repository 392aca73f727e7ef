namespace Salon.App.Stocks;

/// <summary>Where trades come from. Thread-safe.</summary>
internal interface IMarketSource
{
    /// <summary>What the page calls it: <c>simulated</c> or <c>replay</c>.</summary>
    string Name { get; }

    /// <summary>What tells it from others: nodes with the same make one market.</summary>
    string Fingerprint { get; }

    Listings Listings { get; }

    /// <summary>How long a step is.</summary>
    TimeSpan Step { get; }

    /// <summary>How long before it begins it can be asked already, so that charts are not empty.</summary>
    TimeSpan History { get; }

    /// <summary>Where prices are before the first trade, in cents.</summary>
    long InitialPriceOf(int listing);

    /// <summary>Whether there is trading.</summary>
    /// <param name="origin">When this run of the market began.</param>
    /// <param name="time">The time.</param>
    bool IsOpen(long origin, long time);

    /// <summary>Adds the trades of a step. They depend on what is given here alone, so that any node can go on with any step.</summary>
    /// <param name="origin">When this run of the market began.</param>
    /// <param name="from">The end of the step before.</param>
    /// <param name="time">The end of this step, and the time of its trades.</param>
    /// <param name="quotes">How everything stands.</param>
    /// <param name="trades">Where the trades go to.</param>
    void Trade(long origin, long from, long time, ReadOnlySpan<Quote> quotes, List<Trade> trades);
}
