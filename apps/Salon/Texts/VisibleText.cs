using System.Globalization;
using System.Text;

namespace Salon.App.Texts;

/// <summary>
/// What names are made of: what can be seen, and what turns it into something else that can be seen, where it does (RFC 5892, A.1 and A.2;
/// RFC 8265; UTS #51). The page has the same rules in <c>names.ts</c>; <c>text-cases.json</c> has cases for both.
/// </summary>
internal static class VisibleText
{
    /// <summary>How many marks a letter of a name has at most: more than any language in use needs (Burmese: five).</summary>
    public const int MaxMarks = 6;

    private const int NonJoiner = 0x200C;
    private const int Joiner = 0x200D;
    private const int TextStyle = 0xFE0E;
    private const int EmojiStyle = 0xFE0F;
    private const int Keycap = 0x20E3;
    private const int BlackFlag = 0x1F3F4;
    private const int TagEnd = 0xE007F;

    private static readonly UnicodeData Data = UnicodeData.Instance;

    // England, Scotland, Wales: whatever else follows a flag is not drawn.
    private static readonly string[] TaggedFlags = ["gbeng", "gbsct", "gbwls"];

    /// <summary>Whether all of a name can be seen.</summary>
    public static bool IsVisible(string name)
    {
        int[] codes = [.. name.EnumerateRunes().Select(static rune => rune.Value)];
        var marks = 0;

        for (var i = 0; i < codes.Length; i++)
        {
            if (codes[i] == BlackFlag && CountTags(codes, i + 1) is > 0 and var tags)
            {
                i += tags;
                continue;
            }

            marks = CountMarks(marks, codes[i]);

            // A mark needs something that it marks.
            if (marks > MaxMarks || (IsMark(codes[i]) && (i == 0 || codes[i - 1] == ' ')) || !IsVisible(codes, i))
            {
                return false;
            }
        }

        return codes.Length > 0;
    }

    /// <summary>Whether anything of a text can be seen, by itself.</summary>
    public static bool HasVisible(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsWhiteSpace(rune) && !IsBlank(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether any letter of a text has more marks than so many.</summary>
    public static bool HasMoreMarks(string text, int maxMarks)
    {
        var marks = 0;

        foreach (var rune in text.EnumerateRunes())
        {
            marks = CountMarks(marks, rune.Value);

            if (marks > maxMarks)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsVisible(int[] codes, int at)
    {
        var rune = new Rune(codes[at]);

        return codes[at] switch
        {
            NonJoiner => IsVirama(codes, at - 1) || IsBetweenJoining(codes, at),
            Joiner => IsVirama(codes, at - 1) || IsBetweenPictures(codes, at),
            EmojiStyle or TextStyle => IsStyled(codes, at),
            0xFFFD => false,
            _ => !IsBlank(rune) && Rune.GetUnicodeCategory(rune) is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator),
        };
    }

    // Not ignorable, but drawn as nothing: the Braille pattern without dots, a musical note without a head.
    private static bool IsBlank(Rune rune) => rune.Value is 0x2800 or 0x1D159 || Data.Ignorable.Contains(rune);

    private static bool IsVirama(int[] codes, int at) => at >= 0 && Data.Virama.Contains(codes[at]);

    private static bool IsBetweenJoining(int[] codes, int at)
    {
        var (before, after) = (at - 1, at + 1);

        while (before >= 0 && IsMark(codes[before]))
        {
            before--;
        }

        while (after < codes.Length && IsMark(codes[after]))
        {
            after++;
        }

        return before >= 0 && after < codes.Length && Data.JoinsNext.Contains(codes[before]) && Data.JoinsPrevious.Contains(codes[after]);
    }

    private static bool IsBetweenPictures(int[] codes, int at)
    {
        var before = at - 1;

        while (before >= 0 && (codes[before] == EmojiStyle || Data.Modifier.Contains(codes[before])))
        {
            before--;
        }

        return before >= 0 && at + 1 < codes.Length && Data.Pictographic.Contains(codes[before]) && Data.Pictographic.Contains(codes[at + 1]);
    }

    private static bool IsStyled(int[] codes, int at)
    {
        if (at == 0 || !Data.Emoji.Contains(codes[at - 1]))
        {
            return false;
        }

        // 1️⃣: a digit alone looks the same with it and without.
        return codes[at - 1] > 0x7F || (codes[at] == EmojiStyle && at + 1 < codes.Length && codes[at + 1] == Keycap);
    }

    private static int CountTags(int[] codes, int start)
    {
        var end = Array.IndexOf(codes, TagEnd, start, Math.Min(6, codes.Length - start));

        if (end < 0)
        {
            return 0;
        }

        var tags = string.Concat(codes[start..end].Select(static code => (char)(code & 0x7F)));
        return codes.AsSpan(start, end - start).ContainsAnyExceptInRange(0xE0061, 0xE007A) || !TaggedFlags.Contains(tags) ? 0 : end - start + 1;
    }

    // What is not drawn neither is a mark nor begins another letter.
    private static int CountMarks(int marks, int code) => IsMark(code) ? marks + 1 : Data.Ignorable.Contains(code) ? marks : 0;

    private static bool IsMark(int code) => !Data.Ignorable.Contains(code)
        && CharUnicodeInfo.GetUnicodeCategory(code) is (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark);
}
