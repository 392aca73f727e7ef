namespace Salon.App.Storage.Postgres;

/// <summary>
/// Text as PostgreSQL takes it. There it cannot hold U+0000, which people may send: an escape sequence stands for it, and one for the
/// character that begins them, which nobody types.
/// </summary>
internal static class PostgresText
{
    private const string Escape = "\u0010";
    private const string EscapedEscape = Escape + "e";
    private const string Nul = "\0";
    private const string EscapedNul = Escape + "0";

    public static string Encode(string text) => text.AsSpan().ContainsAny(Escape[0], Nul[0])
        ? text.Replace(Escape, EscapedEscape, StringComparison.Ordinal).Replace(Nul, EscapedNul, StringComparison.Ordinal)
        : text;

    public static string Decode(string text) => text.Contains(Escape[0])
        ? text.Replace(EscapedNul, Nul, StringComparison.Ordinal).Replace(EscapedEscape, Escape, StringComparison.Ordinal)
        : text;
}
