using System.Globalization;

namespace Salon.App.Stocks.Simulated;

/// <summary>
/// A market that nobody trades on: a random walk for each share, which follows the market, its sector and itself, with calm and restless
/// times, and a day that begins and ends lively. Deterministic: a step depends on the seed, its time and the prices before it.
/// </summary>
internal sealed class Simulation(long seed) : IMarketSource
{
    // The days are short, so that one who looks sees an opening sooner or later.
    private const long DayMilliseconds = 30 * 60_000;
    private const long OpenMilliseconds = 29 * 60_000;

    // How much a share of volatility 1 moves from trade to trade, in parts of its price.
    private const double Volatility = 0.00035;

    // What pulls a price back to where it belongs; without it, it would be anywhere after a month.
    private const double Reversion = 0.0004;

    // In a step, a share of activity 1 is traded with this probability.
    private const double Activity = 0.16;

    // The uses of random numbers in a step: those of the market, those of sectors, and then some for each share.
    private const int MarketUse = 0;
    private const int SectorUse = 16;
    private const int ShareUse = 64;
    private const int UsesOfShare = 8;

    private readonly IReadOnlyList<SimulatedCompany> _companies = SimulatedCompanies.All;
    private readonly string[] _sectors = [.. SimulatedCompanies.All.Select(static company => company.Listing.Sector).Distinct()];

    public string Name => "simulated";

    public string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"simulated:{seed}");

    public Listings Listings { get; } = new([.. SimulatedCompanies.All.Select(static company => company.Listing)]);

    public TimeSpan Step => TimeSpan.FromMilliseconds(250);

    public TimeSpan History => TimeSpan.FromHours(1);

    public long InitialPriceOf(int listing) => _companies[listing].BasePrice;

    public bool IsOpen(long origin, long time) => time % DayMilliseconds < OpenMilliseconds;

    public void Trade(long origin, long from, long time, ReadOnlySpan<Quote> quotes, List<Trade> trades)
    {
        if (!IsOpen(origin, time))
        {
            return;
        }

        var random = new SimulationRandom(seed, time);
        var (market, mood) = (random.Normal(MarketUse), MoodAt(time));

        for (var i = 0; i < _companies.Count; i++)
        {
            var company = _companies[i];
            var use = ShareUse + (i * UsesOfShare);

            if (random.Even(use) < Activity * company.Activity * Math.Min(mood, 2))
            {
                var sector = random.Normal(SectorUse + (2 * Array.IndexOf(_sectors, company.Listing.Sector)));
                var move = (0.6 * company.Beta * market) + (0.5 * sector) + (company.Volatility * random.Normal(use + 1));
                var price = quotes[i].Price * Math.Exp((Volatility * mood * move) - (Reversion * Math.Log((double)quotes[i].Price / company.BasePrice)));
                var size = Math.Ceiling(40 * Math.Exp(1.1 * random.Normal(use + 3)));

                trades.Add(new Trade(i, Math.Max(1, (long)Math.Round(price)), (long)size, time));
            }
        }
    }

    /// <summary>How restless the market is: 1 is usual.</summary>
    private double MoodAt(long time)
    {
        var ofDay = (double)(time % DayMilliseconds) / OpenMilliseconds;
        var lively = 0.7 + (1.2 * Math.Pow((2 * ofDay) - 1, 4));
        return lively * (0.6 + (0.9 * Noise(time, 120_000)) + (0.5 * Noise(time, 17_000)));
    }

    /// <summary>A number between 0 and 1 that changes smoothly.</summary>
    private double Noise(long time, long period)
    {
        var (index, part) = (time / period, (double)(time % period) / period);
        var smooth = part * part * (3 - (2 * part));
        var (from, to) = (At(index), At(index + 1));
        return from + ((to - from) * smooth);

        double At(long step) => new SimulationRandom(seed ^ period, step).Even(0);
    }
}
