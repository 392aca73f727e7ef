using System.Text;

namespace Salon.App.Texts;

/// <summary>What names have in common that look the same: without case, and with letters of other scripts taken for the Latin ones that they look like.</summary>
/// <remarks>
/// Digits stay apart from letters: 0 and O, 1 and l look different in the pages, and <c>room 10</c> and <c>room lo</c> are two rooms. A skeleton
/// is for comparing only, and may change from one version to the next: nothing is stored by it.
/// </remarks>
internal static class Skeleton
{
    private static readonly UnicodeData Data = UnicodeData.Instance;

    public static string Of(string name)
    {
        if (Ascii.IsValid(name) && !name.Contains('`'))
        {
            return name.ToLowerInvariant();
        }

        // Before and after: some letters that look like Latin ones are forms of letters that do not.
        return Fold(Normalization.DecomposeCompatibly(Fold(name)));
    }

    private static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);

        foreach (var rune in name.ToLowerInvariant().EnumerateRunes())
        {
            if (Data.Ignorable.Contains(rune))
            {
                continue;
            }

            if (!Data.Alike.TryGetValue(rune.Value, out var alike))
            {
                folded.Append(rune);
                continue;
            }

            foreach (var code in alike)
            {
                folded.Append(new Rune(code));
            }
        }

        return folded.ToString();
    }
}
