using System.Text;

namespace Salon.App.Texts;

/// <summary>Unicode's normalization (UAX #15) with the app's own data. Linear, but for marks that are out of order.</summary>
internal static class Normalization
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;
    private const int Syllables = Leads * Vowels * Tails;

    private static readonly UnicodeData Data = UnicodeData.Instance;

    /// <summary>NFC: composed, so that what is written in two ways is one text. Half a surrogate pair becomes U+FFFD.</summary>
    public static string Compose(string text)
    {
        // Nothing below U+0300 is composed with anything, or of anything that is not composed already.
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', '\u02FF'))
        {
            return text;
        }

        var codes = Decompose(text, isCompatible: false);
        var composed = new List<int>(codes.Count);
        var starter = -1;
        var lastClass = 0;

        foreach (var code in codes)
        {
            var itsClass = ClassOf(code);

            if (starter >= 0
                && (starter == composed.Count - 1 || (lastClass < itsClass && lastClass != 0))
                && TryCompose(composed[starter], code, out var both))
            {
                composed[starter] = both;
                continue;
            }

            composed.Add(code);
            (starter, lastClass) = itsClass == 0 ? (composed.Count - 1, 0) : (starter, itsClass);
        }

        return ToText(composed);
    }

    /// <summary>NFKD: taken apart, and what is another form of a character is the character.</summary>
    public static string DecomposeCompatibly(string text) => Ascii.IsValid(text) ? text : ToText(Decompose(text, isCompatible: true));

    private static List<int> Decompose(string text, bool isCompatible)
    {
        var codes = new List<int>(text.Length);

        foreach (var rune in text.EnumerateRunes())
        {
            Add(codes, rune.Value, isCompatible);
        }

        Order(codes);
        return codes;
    }

    private static void Add(List<int> codes, int code, bool isCompatible)
    {
        if (code - HangulBase is >= 0 and < Syllables and var index)
        {
            codes.Add(LeadBase + (index / (Vowels * Tails)));
            codes.Add(VowelBase + (index % (Vowels * Tails) / Tails));

            if (index % Tails > 0)
            {
                codes.Add(TailBase + (index % Tails));
            }
        }
        else if (isCompatible && Data.Compatible.TryGetValue(code, out var parts))
        {
            codes.AddRange(parts);
        }
        else if (Data.Canonical.TryGetValue(code, out parts))
        {
            foreach (var part in parts)
            {
                Add(codes, part, isCompatible);
            }
        }
        else
        {
            codes.Add(code);
        }
    }

    /// <summary>Brings the marks of each letter into the order of their classes; those of one class keep theirs.</summary>
    private static void Order(List<int> codes)
    {
        for (var start = 0; start < codes.Count; start++)
        {
            var end = start;

            while (end < codes.Count && ClassOf(codes[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                // OrderBy is stable, which List.Sort is not.
                var ordered = codes.GetRange(start, end - start).OrderBy(ClassOf).ToList();

                for (var i = 0; i < ordered.Count; i++)
                {
                    codes[start + i] = ordered[i];
                }
            }

            start = end;
        }
    }

    private static bool TryCompose(int first, int second, out int both)
    {
        if (first - LeadBase is >= 0 and < Leads and var lead && second - VowelBase is >= 0 and < Vowels and var vowel)
        {
            both = HangulBase + (((lead * Vowels) + vowel) * Tails);
            return true;
        }

        if (first - HangulBase is >= 0 and < Syllables and var index && index % Tails == 0 && second - TailBase is > 0 and < Tails and var tail)
        {
            both = first + tail;
            return true;
        }

        return Data.Composed.TryGetValue((first, second), out both);
    }

    private static int ClassOf(int code) => Data.Classes.GetValueOrDefault(code);

    private static string ToText(List<int> codes)
    {
        var text = new StringBuilder(codes.Count);

        foreach (var code in codes)
        {
            text.Append(new Rune(code));
        }

        return text.ToString();
    }
}
