using System.Globalization;
using System.Text;

namespace Salon.App.Chat;

/// <summary>
/// The names of people and rooms: visible characters and single spaces. What cannot be seen, or turns the text around, is refused, because
/// such names are made to be taken for others.
/// </summary>
internal static class ChatName
{
    /// <summary>Trims a name and checks it.</summary>
    public static bool TryParse(string? text, int maxLength, out string name)
    {
        name = "";

        // Far too long is refused before anything else is done with it.
        if (text is null || text.Length > maxLength * 4)
        {
            return false;
        }

        var parts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        name = string.Join(' ', parts);

        return name.Length > 0 && new StringInfo(name).LengthInTextElements <= maxLength && name.EnumerateRunes().All(IsVisible) && IsWellFormed(name);
    }

    /// <summary>What two names that differ only in case have in common.</summary>
    public static string ToKey(string name) => name.ToLowerInvariant();

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control
        or UnicodeCategory.Format
        or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator);

    // Half a surrogate pair is enumerated as U+FFFD, which somebody may also have typed; neither is a name.
    private static bool IsWellFormed(string name) => !name.Contains('\uFFFD');
}
