namespace Salon.App.Stocks;

/// <summary>Makes the market of a process that is alone.</summary>
internal sealed class LocalMarket(Market market, IMarketSource source, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var clock = new MarketClock(time, source.Step);
        using var timer = new PeriodicTimer(source.Step, time);
        market.Begin(MarketEpoch.Create(clock.Now), clock.Now);
        var maker = new MarketMaker(market, source);

        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var step in clock.StepsAfter(market.Time))
                {
                    market.Apply(maker.Make(step));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The app stops.
        }
    }
}
