namespace Salon.App.Stocks.Replayed;

/// <summary>A line of a file of ticks.</summary>
/// <param name="Time">When, in Unix milliseconds.</param>
/// <param name="Symbol">What.</param>
/// <param name="Price">The price of one, in cents.</param>
/// <param name="Size">How many.</param>
internal readonly record struct RecordedTick(long Time, string Symbol, long Price, long Size);
