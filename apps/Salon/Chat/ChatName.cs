using System.Text;
using Salon.App.Texts;

namespace Salon.App.Chat;

/// <summary>
/// The names of people and rooms: visible characters and single spaces. What cannot be seen, or turns the text around, is refused, because
/// such names are made to be taken for others.
/// </summary>
internal static class ChatName
{
    /// <summary>How many bytes a name may have for each character: half a family.</summary>
    private const int BytesPerCharacter = 16;

    /// <summary>Trims a name, composes it (NFC) and checks it.</summary>
    public static bool TryParse(string? text, int maxLength, out string name)
    {
        if (!TryTidy(text, maxLength, out name))
        {
            return false;
        }

        name = Normalization.Compose(name);
        return Encoding.UTF8.GetByteCount(name) <= maxLength * BytesPerCharacter && VisibleText.IsVisible(name) && !Characters.IsLongerThan(name, maxLength);
    }

    /// <summary>Trims a name and makes its spaces single, whatever else is in it: as names were stored before there were more rules.</summary>
    /// <returns><see langword="false"/> when it is empty or far too long.</returns>
    public static bool TryTidy(string? text, int maxLength, out string name)
    {
        // Far too long is refused before anything else is done with it.
        name = text is null || text.Length > maxLength * BytesPerCharacter ? "" : string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return name.Length > 0;
    }

    /// <summary>What names of one person have in common, and those that look like them.</summary>
    public static string ToKey(string name) => Skeleton.Of(name);
}
