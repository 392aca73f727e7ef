namespace Salon.SocketIO.Redis;

/// <summary>Patterns of <c>PSUBSCRIBE</c>.</summary>
internal static class RedisPattern
{
    /// <summary>A pattern that only the text itself matches.</summary>
    public static string Escape(string text) =>
        text.AsSpan().IndexOfAny(@"*?[]\") < 0
            ? text
            : string.Concat(text.Select(static sign => @"*?[]\".Contains(sign, StringComparison.Ordinal) ? $"\\{sign}" : sign.ToString()));
}
