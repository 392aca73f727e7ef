using System.Globalization;
using System.Text;

namespace Salon.App.Hosting;

/// <summary>
/// Reads settings of the kinds that there are. What is not set, or empty, has its usual value; what is wrong is said in one line, whatever is
/// in it.
/// </summary>
internal static class Setting
{
    private const int MaxLength = 4096;
    private const int MaxShown = 60;

    /// <summary>Reads text: of one line, without blanks around it.</summary>
    /// <param name="environment">What is set.</param>
    /// <param name="name">The setting.</param>
    /// <param name="isSecret">Whether the value is repeated to nobody.</param>
    /// <exception cref="SettingsException">It is something else.</exception>
    public static string? ReadText(IConfiguration environment, string name, bool isSecret = false)
    {
        if (environment[name] is not { Length: > 0 } value)
        {
            return null;
        }

        return value.Length <= MaxLength && value.Trim().Length == value.Length && !value.Any(char.IsControl) && !value.Contains('\uFFFD')
            ? value
            : throw new SettingsException(
                $"{name} must be text of one line with no blanks around it, of at most {MaxLength} characters{(isSecret ? "." : $", but is {Show(value)}.")}");
    }

    /// <summary>Reads a whole number.</summary>
    /// <exception cref="SettingsException">It is something else.</exception>
    public static int ReadNumber(IConfiguration environment, string name, int usual, int least, int most)
    {
        if (environment[name] is not { Length: > 0 } value)
        {
            return usual;
        }

        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new SettingsException($"{name} must be a number from {least} to {most}, but is {Show(value)}.");
    }

    /// <summary>A value as it may stand in a line: in quotes, not too long, without what is no text.</summary>
    public static string Show(string value)
    {
        var shown = new StringBuilder("\"");

        foreach (var rune in value.EnumerateRunes().Take(MaxShown))
        {
            shown.Append(IsVisible(rune) ? rune.ToString() : $"\\u{{{rune.Value:x}}}");
        }

        return shown.Append(value.Length > MaxShown ? "…\"" : "\"").ToString();
    }

    private static bool IsVisible(Rune rune) => rune.Value == ' ' || Rune.IsLetterOrDigit(rune) || Rune.IsPunctuation(rune) || Rune.IsSymbol(rune);
}
