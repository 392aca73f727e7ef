using System.Text;

namespace Salon.App.Texts;

/// <summary>What somebody says: some text that can be seen, of a length that people can count.</summary>
internal static class MessageText
{
    /// <summary>How many bytes a message may have for each character: enough for a flag, or for a hand of any colour.</summary>
    public const int BytesPerCharacter = 8;

    /// <summary>How many marks a letter may have: more than any language needs (UAX #15, stream-safe text).</summary>
    public const int MaxMarks = 30;

    /// <summary>Trims a text and checks it.</summary>
    public static TextProblem Parse(string? given, int maxLength, out string text)
    {
        text = given?.Trim() ?? "";

        // The cheapest first: a text that is far too long is not looked at.
        if (text.Length > maxLength * BytesPerCharacter || Encoding.UTF8.GetByteCount(text) > maxLength * BytesPerCharacter)
        {
            return TextProblem.TooLong;
        }

        if (!VisibleText.HasVisible(text))
        {
            return TextProblem.Empty;
        }

        if (!IsWellFormed(text) || VisibleText.HasMoreMarks(text, MaxMarks))
        {
            return TextProblem.Invalid;
        }

        return Characters.IsLongerThan(text, maxLength) ? TextProblem.TooLong : TextProblem.None;
    }

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at)
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out var length) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            text = text[(at + length)..];
        }

        return true;
    }
}

/// <summary>Why a text is refused.</summary>
internal enum TextProblem
{
    None,
    Empty,
    TooLong,

    /// <summary>It holds half a surrogate pair, or a letter with too many marks.</summary>
    Invalid,
}
