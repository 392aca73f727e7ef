namespace Salon.App.Stocks;

/// <summary>For how long a candle stands.</summary>
internal sealed record CandleInterval(int Index, string Name, long Milliseconds)
{
    public static readonly IReadOnlyList<CandleInterval> All = [new(0, "1s", 1000), new(1, "5s", 5000), new(2, "1m", 60_000)];

    /// <summary>The one whose last closes are a symbol's trend.</summary>
    public static CandleInterval Trend => All[1];

    public static CandleInterval? Find(string? name) => All.FirstOrDefault(interval => interval.Name == name);

    public long BeginOf(long time) => time - (time % Milliseconds);
}
