using System.Globalization;

namespace Salon.App.Stocks.Replayed;

/// <summary>
/// Plays recorded ticks, at some speed, over and over. A tick has the time at which it is played. Between two rounds trading is closed for a
/// moment, and the next round is another day.
/// </summary>
internal sealed class Replay : IMarketSource
{
    private const long PauseMilliseconds = 10_000;

    // Played so fast that a step has more than these, it has one tick of each symbol, with the sum of the sizes.
    private const int MaxTradesOfStep = 1000;

    private readonly Trade[] _trades;
    private readonly long[] _initialPrices;
    private readonly double _speed;
    private readonly long _length;
    private readonly string _hash;

    public Replay(TickFile file, double speed)
    {
        (_speed, _hash, Listings) = (speed, file.Hash, file.Listings);
        var first = file.Ticks[0].Time;

        // The time of a trade counts from the first one here.
        _trades = [.. file.Ticks.Select(tick => new Trade(Find(tick.Symbol), tick.Price, tick.Size, tick.Time - first))];
        // The last step that has trades is still of the session.
        var step = (long)Step.TotalMilliseconds;
        _length = (((long)(_trades[^1].Time / speed) / step) + 1) * step + 1;
        _initialPrices = [.. Listings.All.Index().Select(pair => _trades.First(trade => trade.Listing == pair.Index).Price)];
    }

    public string Name => "replay";

    public string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"replay:{_hash}:{_speed}");

    public Listings Listings { get; }

    public TimeSpan Step => TimeSpan.FromMilliseconds(250);

    public TimeSpan History => TimeSpan.Zero;

    private long Round => _length + PauseMilliseconds;

    public long InitialPriceOf(int listing) => _initialPrices[listing];

    public bool IsOpen(long origin, long time) => (time - origin) % Round < _length;

    public void Trade(long origin, long from, long time, ReadOnlySpan<Quote> quotes, List<Trade> trades)
    {
        var (ofRound, before) = ((time - origin) % Round, (from - origin) % Round);

        if (from <= origin || before > ofRound)
        {
            // A round begins; its first trades are due at 0.
            before = -1;
        }

        var last = FindAfter(ofRound);

        for (var next = FindAfter(before); next < last; next++)
        {
            trades.Add(_trades[next] with { Time = time });
        }

        if (trades.Count > MaxTradesOfStep)
        {
            Trade[] merged = [.. trades.GroupBy(static trade => trade.Listing).Select(static group => group.Last() with { Size = group.Sum(static trade => trade.Size) })];
            trades.Clear();
            trades.AddRange(merged);
        }
    }

    private int Find(string symbol)
    {
        Listings.TryFind(symbol, out var index);
        return index;
    }

    /// <summary>The place of the first trade that is later than a time of the round.</summary>
    private int FindAfter(long ofRound)
    {
        var until = ofRound < 0 ? -1 : ofRound * _speed;
        var (low, high) = (0, _trades.Length);

        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _trades[middle].Time <= until ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
