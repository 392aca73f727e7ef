namespace Salon.App.Stocks;

/// <summary>How a share stands, and what its day was like; prices in cents, volumes in shares, the time in Unix milliseconds.</summary>
internal readonly record struct Quote(long Price, long Open, long High, long Low, long PreviousClose, long Volume, long Time)
{
    /// <summary>A share that was not traded yet on its day.</summary>
    public static Quote At(long price, long time) => new(price, price, price, price, price, 0, time);

    public Quote After(in Trade trade) => this with
    {
        Price = trade.Price,
        Open = Volume == 0 ? trade.Price : Open,
        High = Volume == 0 ? trade.Price : Math.Max(High, trade.Price),
        Low = Volume == 0 ? trade.Price : Math.Min(Low, trade.Price),
        Volume = Volume + trade.Size,
        Time = trade.Time,
    };

    /// <summary>The first moment of another day: it begins where the last one ended.</summary>
    public Quote NextDay() => At(Price, Time);
}
