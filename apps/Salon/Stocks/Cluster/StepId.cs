using System.Globalization;

namespace Salon.App.Stocks.Cluster;

/// <summary>
/// The id of a step in the stream. Redis takes only ids that are greater than the last, so a node that makes the market after another takes a
/// greater term, and from then on Redis refuses what the other still sends.
/// </summary>
/// <param name="Term">Since when, in Unix milliseconds and by its own clock, the node makes the market; always greater than the term before.</param>
/// <param name="Number">The number of the step in this term; 0 is none, and only begins the term.</param>
internal readonly record struct StepId(long Term, long Number) : IComparable<StepId>
{
    /// <exception cref="FormatException">It is none.</exception>
    public static StepId Parse(string id) => TryParse(id, out var parsed) ? parsed : throw new FormatException($"\"{id}\" is not the id of a step.");

    public static bool TryParse(string id, out StepId parsed)
    {
        var hyphen = id.IndexOf('-', StringComparison.Ordinal);
        var (term, number) = (0L, 0L);
        var isOne = hyphen > 0
            && long.TryParse(id.AsSpan(0, hyphen), NumberStyles.None, CultureInfo.InvariantCulture, out term)
            && long.TryParse(id.AsSpan(hyphen + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number);

        parsed = isOne ? new StepId(term, number) : default;
        return isOne;
    }

    public int CompareTo(StepId other) => (Term, Number).CompareTo((other.Term, other.Number));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Term}-{Number}");
}
