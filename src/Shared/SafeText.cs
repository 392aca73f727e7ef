using System.Globalization;
using System.Text;

namespace Salon.Supervision;

/// <summary>
/// Text of strangers as it may stand in a line of a log: what nobody can see (escapes of a terminal, line ends, marks that turn the direction) is
/// written as <c>\u{1b}</c>, and what is too long ends.
/// </summary>
internal static class SafeText
{
    /// <summary>How much of one text is shown, in code points.</summary>
    public const int MaxLength = 512;

    /// <summary>Whether a text may stand there as it is.</summary>
    public static bool IsSafe(string text)
    {
        // Nearly all that is logged is short and plain.
        if (text.Length > MaxLength)
        {
            return false;
        }

        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (!TryTake(ref rest, out _))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The text, made safe.</summary>
    public static string Escape(string text)
    {
        if (IsSafe(text))
        {
            return text;
        }

        var safe = new StringBuilder();
        var rest = text.AsSpan();

        for (var length = 0; length < MaxLength && !rest.IsEmpty; length++)
        {
            var before = rest;
            _ = TryTake(ref rest, out var value) ? safe.Append(before[..^rest.Length]) : safe.Append(CultureInfo.InvariantCulture, $"\\u{{{value:x}}}");
        }

        return rest.IsEmpty ? safe.ToString() : safe.Append(CultureInfo.InvariantCulture, $"… ({rest.Length} more)").ToString();
    }

    /// <summary>Takes the next code point.</summary>
    /// <returns>Whether it can be seen.</returns>
    private static bool TryTake(ref ReadOnlySpan<char> rest, out int value)
    {
        if (Rune.DecodeFromUtf16(rest, out var rune, out var used) != System.Buffers.OperationStatus.Done)
        {
            // Half of a pair.
            value = rest[0];
            rest = rest[1..];
            return false;
        }

        value = rune.Value;
        rest = rest[used..];
        return Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
    }
}
