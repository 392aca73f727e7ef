using System.Security.Cryptography;
using Salon.App.Hosting;
using Salon.App.Stocks.Simulated;

namespace Salon.App.Stocks.Replayed;

/// <summary>
/// A file of ticks, read whole: <c>time,symbol,price,size</c> on each line; a first line with these words, empty lines and those that begin
/// with <c>#</c> are skipped. Lines need not be in order. What cannot be read is reported, and the rest is played.
/// </summary>
internal sealed class TickFile
{
    public const int MaxTicks = 2_000_000;

    // Enough to find out what is wrong with a file; the rest is counted.
    private const int MaxReported = 20;

    private TickFile(IReadOnlyList<RecordedTick> ticks, IReadOnlyList<(int Line, string Problem)> problems, int problemCount, string hash)
    {
        (Ticks, Problems, ProblemCount, Hash) = (ticks, problems, problemCount, hash);
        Listings = new Listings([.. ticks.Select(static tick => tick.Symbol).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(Describe)]);
    }

    /// <summary>The ticks, by time.</summary>
    public IReadOnlyList<RecordedTick> Ticks { get; }

    /// <summary>The first lines that could not be read, and why.</summary>
    public IReadOnlyList<(int Line, string Problem)> Problems { get; }

    /// <summary>How many lines could not be read.</summary>
    public int ProblemCount { get; }

    /// <summary>What tells the content from others.</summary>
    public string Hash { get; }

    public Listings Listings { get; }

    /// <exception cref="SettingsException">There is no such file, or nothing in it.</exception>
    public static TickFile Read(string path)
    {
        try
        {
            return Parse(path, File.ReadLines(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"STOCKS_CSV names a file that cannot be read: {exception.Message}");
        }
    }

    private static TickFile Parse(string path, IEnumerable<string> lines)
    {
        var ticks = new List<RecordedTick>();
        var problems = new List<(int, string)>();
        var (number, problemCount) = (0, 0);

        foreach (var line in lines)
        {
            number++;

            if (string.IsNullOrWhiteSpace(line) || line[0] == '#' || (number == 1 && line.StartsWith("time,", StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            if (TickLine.TryParse(line, out var tick) is not { } problem)
            {
                ticks.Add(tick);
            }
            else if (problemCount++ < MaxReported)
            {
                problems.Add((number, problem));
            }

            if (ticks.Count > MaxTicks)
            {
                throw new SettingsException($"STOCKS_CSV has more than {MaxTicks} ticks: {path}");
            }
        }

        // By time; those of the same time stay as they were.
        RecordedTick[] inOrder = [.. ticks.OrderBy(static tick => tick.Time)];
        var file = new TickFile(inOrder, problems, problemCount, HashOf(path));

        return file.Listings.Count switch
        {
            0 => throw new SettingsException($"STOCKS_CSV has no line that can be read as time,symbol,price,size: {path}"),
            > Listings.MaxCount => throw new SettingsException($"STOCKS_CSV has more than {Listings.MaxCount} symbols: {path}"),
            _ => file,
        };
    }

    private static Listing Describe(string symbol) =>
        SimulatedCompanies.All.FirstOrDefault(company => company.Listing.Symbol == symbol)?.Listing ?? new Listing(symbol, symbol, "");

    private static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file).AsSpan(0, 8));
    }
}
