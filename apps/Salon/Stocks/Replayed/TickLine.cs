using System.Globalization;

namespace Salon.App.Stocks.Replayed;

/// <summary>Reads a line of a file of ticks: <c>time,symbol,price,size</c>.</summary>
internal static class TickLine
{
    // Far from where sums of prices times sizes would overflow.
    private const decimal MaxPrice = 10_000_000;
    private const long MaxSize = 1_000_000_000;

    /// <returns>What is wrong with it; <see langword="null"/> for nothing.</returns>
    public static string? TryParse(string line, out RecordedTick tick)
    {
        tick = default;
        var fields = line.Split(',', StringSplitOptions.TrimEntries);

        if (fields.Length != 4)
        {
            return "it has not the four fields time,symbol,price,size";
        }

        if (!TryParseTime(fields[0], out var time))
        {
            return "its time is neither Unix milliseconds nor like 2026-03-02T09:30:00.250Z";
        }

        if (!Listings.IsSymbol(fields[1]))
        {
            return $"its symbol has not 1 to {Listings.MaxSymbolLength} capital letters, digits, dots or hyphens";
        }

        if (!decimal.TryParse(fields[2], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price) || price is < 0.01m or > MaxPrice)
        {
            return "its price is no number from 0.01 to 10000000";
        }

        if (!long.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size is < 1 or > MaxSize)
        {
            return "its size is no whole number from 1 to 1000000000";
        }

        tick = new RecordedTick(time, fields[1], (long)Math.Round(price * 100), size);
        return null;
    }

    private static bool TryParseTime(string text, out long time)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out time))
        {
            // Until the year 5138; more could overflow.
            return time < 100_000_000_000_000;
        }

        // Without a whole date, the framework would take today, or this year, and the file would say another thing on another day.
        if (!HasDate(text) || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return false;
        }

        time = date.ToUnixTimeMilliseconds();
        return time >= 0;
    }

    /// <summary>Whether it begins with a date such as 2026-03-02, and only a time follows.</summary>
    private static bool HasDate(ReadOnlySpan<char> text) =>
        text.Length >= 10
        && text is [_, _, _, _, '-', _, _, '-', ..]
        && !text[..4].ContainsAnyExceptInRange('0', '9')
        && (text.Length == 10 || text[10] is 'T' or ' ');
}
