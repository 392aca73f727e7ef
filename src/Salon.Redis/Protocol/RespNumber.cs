using System.Buffers.Text;

namespace Salon.Redis.Protocol;

/// <summary>Numbers as RESP writes them.</summary>
internal static class RespNumber
{
    // 2^63 has 19 digits, and a sign may stand before.
    private const int MaxLongLength = 20;

    public static bool TryParse(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        return text.Length is > 0 and <= MaxLongLength && Utf8Parser.TryParse(text, out number, out var used) && used == text.Length;
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out double number)
    {
        switch (text)
        {
            case [.. var rest] when rest.SequenceEqual("inf"u8) || rest.SequenceEqual("+inf"u8):
                number = double.PositiveInfinity;
                return true;
            case [.. var rest] when rest.SequenceEqual("-inf"u8):
                number = double.NegativeInfinity;
                return true;
            case [.. var rest] when rest.SequenceEqual("nan"u8) || rest.SequenceEqual("-nan"u8):
                number = double.NaN;
                return true;
            default:
                return Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && text.Length > 0;
        }
    }

    /// <summary>How many items or bytes follow; -1 for what RESP2 has instead of nothing.</summary>
    public static bool TryParseLength(ReadOnlySpan<byte> digits, out long length)
    {
        length = 0;

        if (digits.Length is 0 or > 10)
        {
            return false;
        }

        if (digits is [(byte)'-', (byte)'1'])
        {
            length = -1;
            return true;
        }

        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            length = (length * 10) + (digit - '0');
        }

        return true;
    }
}
