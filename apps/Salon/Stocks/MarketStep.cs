namespace Salon.App.Stocks;

/// <summary>What happened in a step of the market: everything that any node needs to know of it.</summary>
/// <param name="Time">When the step ended, in Unix milliseconds.</param>
/// <param name="IsOpen">Whether there was trading.</param>
/// <param name="Trades">The trades, in order.</param>
internal sealed record MarketStep(long Time, bool IsOpen, IReadOnlyList<Trade> Trades);
