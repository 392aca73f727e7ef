using System.Buffers;
using System.Globalization;

namespace Salon.App.Streaming;

/// <summary>The place of an event in its feed: <c>epoch-sequence</c>, such as <c>k3x9f2-1042</c>. Ids of one epoch are in order.</summary>
/// <param name="Epoch">The run of the feed: a lowercase letter or digit, up to 16 of them.</param>
/// <param name="Sequence">How many events there were in this epoch, this one included.</param>
internal readonly record struct StreamId(string Epoch, long Sequence)
{
    public const int MaxEpochLength = 16;

    // An epoch, the hyphen, and the digits of any long.
    private const int MaxLength = MaxEpochLength + 1 + 19;

    private static readonly SearchValues<char> EpochCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>Reads an id that a client sent, which may be anything.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out StreamId id)
    {
        id = default;

        if (text.Length > MaxLength || text.IndexOf('-') is not (> 0 and <= MaxEpochLength and var hyphen))
        {
            return false;
        }

        var epoch = text[..hyphen];
        var digits = text[(hyphen + 1)..];

        // The framework's parser takes NULs at the end of a number.
        if (epoch.ContainsAnyExcept(EpochCharacters)
            || digits.ContainsAnyExceptInRange('0', '9')
            || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return false;
        }

        id = new StreamId(epoch.ToString(), sequence);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}-{Sequence}");
}
