namespace Salon.App.Stocks;

/// <summary>What a price did in a while; prices in cents, the time of its beginning in Unix milliseconds.</summary>
internal readonly record struct Candle(long Time, long Open, long High, long Low, long Close, long Volume)
{
    public static Candle Of(in Trade trade, long time) => new(time, trade.Price, trade.Price, trade.Price, trade.Price, trade.Size);

    public Candle After(in Trade trade) => this with
    {
        High = Math.Max(High, trade.Price),
        Low = Math.Min(Low, trade.Price),
        Close = trade.Price,
        Volume = Volume + trade.Size,
    };
}
