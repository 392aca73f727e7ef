using System.Globalization;
using System.Text;

namespace Salon.App.Texts;

/// <summary>Counts characters as people count: an emoji with its skin colour is one, and so is a letter with its marks (UAX #29).</summary>
internal static class Characters
{
    private static readonly UnicodeData Data = UnicodeData.Instance;

    /// <summary>Whether a text has more characters than so many. Takes one pass, and none over a text that cannot have as many.</summary>
    public static bool IsLongerThan(string text, int maxLength) => text.Length > maxLength && Count(text) > maxLength;

    public static int Count(string text)
    {
        var (count, isLinked) = (0, false);

        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            var length = StringInfo.GetNextTextElementLength(rest);
            var element = rest[..length];

            // .NET does not know rule GB9c yet, browsers do: क्ष is one character.
            if (!(isLinked && StartsWithConsonant(element)))
            {
                count++;
            }

            isLinked = EndsLinked(element);
            rest = rest[length..];
        }

        return count;
    }

    private static bool StartsWithConsonant(ReadOnlySpan<char> element) =>
        Rune.DecodeFromUtf16(element, out var first, out _) == System.Buffers.OperationStatus.Done && Data.Consonant.Contains(first);

    /// <summary>Whether an element is a consonant, and nothing but signs among which is a linker.</summary>
    private static bool EndsLinked(ReadOnlySpan<char> element)
    {
        var (hasConsonant, isLinked) = (false, false);

        foreach (var rune in element.EnumerateRunes())
        {
            if (Data.Consonant.Contains(rune))
            {
                (hasConsonant, isLinked) = (true, false);
            }
            else if (Data.Linker.Contains(rune))
            {
                isLinked = hasConsonant;
            }
            else if (!(rune.Value == 0x200D || (Data.Extend.Contains(rune) && rune.Value != 0x200C)))
            {
                (hasConsonant, isLinked) = (false, false);
            }
        }

        return isLinked;
    }
}
