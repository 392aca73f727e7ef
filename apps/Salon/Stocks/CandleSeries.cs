namespace Salon.App.Stocks;

/// <summary>The newest candles of one symbol and interval, and the one that is still growing. Guarded by the lock of the feed.</summary>
internal sealed class CandleSeries(CandleInterval interval)
{
    /// <summary>How many candles are kept: what a chart shows.</summary>
    public const int Capacity = 300;

    private readonly Queue<Candle> _closed = new();

    public CandleInterval Interval => interval;

    /// <summary>Those that have ended, oldest first.</summary>
    public IReadOnlyCollection<Candle> Closed => _closed;

    /// <summary>The one that is growing, if there was a trade in it.</summary>
    public Candle? Open { get; private set; }

    public void Add(in Trade trade)
    {
        var time = interval.BeginOf(trade.Time);
        Open = Open is { } open && open.Time == time ? open.After(trade) : Candle.Of(trade, time);
    }

    /// <summary>Ends the growing candle, if its time is over.</summary>
    public bool TryEnd(long time, out Candle ended)
    {
        ended = Open.GetValueOrDefault();

        if (Open is null || ended.Time + interval.Milliseconds > time)
        {
            return false;
        }

        Append(ended);
        Open = null;
        return true;
    }

    /// <summary>Takes over what another node knows.</summary>
    public void Restore(IEnumerable<Candle> closed, Candle? open)
    {
        _closed.Clear();

        foreach (var candle in closed)
        {
            Append(candle);
        }

        Open = open;
    }

    private void Append(in Candle candle)
    {
        if (_closed.Count == Capacity)
        {
            _closed.Dequeue();
        }

        _closed.Enqueue(candle);
    }
}
