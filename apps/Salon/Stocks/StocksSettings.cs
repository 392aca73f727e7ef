using System.Globalization;
using Salon.App.Hosting;

namespace Salon.App.Stocks;

/// <summary>Where trades come from.</summary>
/// <param name="Csv">The file of ticks that is played; <see langword="null"/> for the simulation.</param>
/// <param name="Speed">How many times faster than recorded.</param>
/// <param name="Seed">What the simulation begins with: the same seed, the same market.</param>
internal sealed record StocksSettings(string? Csv, double Speed, long Seed)
{
    private const double MinSpeed = 0.01;
    private const double MaxSpeed = 10_000;

    /// <exception cref="SettingsException">A value is wrong.</exception>
    public static StocksSettings Read(IConfiguration environment) => new(
        ReadCsv(Setting.ReadText(environment, "STOCKS_CSV")),
        ReadSpeed(environment["STOCKS_SPEED"]),
        ReadSeed(environment["STOCKS_SEED"]));

    private static string? ReadCsv(string? value)
    {
        if (value is null)
        {
            return null;
        }

        var path = Path.GetFullPath(value);

        // What has no length may have no end either, such as /dev/zero.
        return new FileInfo(path) is { Exists: true, Length: > 0 } ? path : throw new SettingsException($"STOCKS_CSV names a file that is not there, or is empty: {path}");
    }

    private static double ReadSpeed(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return 1;
        }

        return double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var speed) && speed is >= MinSpeed and <= MaxSpeed
            ? speed
            : throw new SettingsException($"STOCKS_SPEED must be a number from 0.01 to 10000, but is {Setting.Show(value)}.");
    }

    private static long ReadSeed(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return 1;
        }

        return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : throw new SettingsException($"STOCKS_SEED must be a whole number, but is {Setting.Show(value)}.");
    }
}
