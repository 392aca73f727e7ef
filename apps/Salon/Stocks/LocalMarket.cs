using Salon.Supervision;

namespace Salon.App.Stocks;

/// <summary>Makes the market of a process that is alone.</summary>
internal sealed class LocalMarket(Market market, IMarketSource source, TimeProvider time, ILogger<LocalMarket> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new Guard(logger).KeepRunningAsync("LocalMarket", RunAsync, time, stoppingToken);

    private async Task RunAsync(CancellationToken stopping)
    {
        var clock = new MarketClock(time, source.Step);
        using var timer = new PeriodicTimer(source.Step, time);
        market.Begin(MarketEpoch.Create(clock.Now), clock.Now);
        var maker = new MarketMaker(market, source);

        while (await timer.WaitForNextTickAsync(stopping))
        {
            foreach (var step in clock.StepsAfter(market.Time))
            {
                market.Apply(maker.Make(step));
            }
        }
    }
}
