using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Salon.SocketIO.Protocol;

/// <summary>
/// JavaScript has one kind of number, and Python and Dart write a whole one as <c>1.0</c>; System.Text.Json reads no <c>int</c> of that.
/// Here such numbers are rewritten as what they are, wherever they stand in a value.
/// </summary>
internal static class WholeNumbers
{
    // As many digits as the largest number that is ever read as a whole one.
    private const int MaxDigits = 20;

    /// <summary>Rewrites <c>1.0</c>, <c>1e2</c> or <c>120e-1</c> as digits alone.</summary>
    /// <returns><see langword="false"/> when there is none, or this is no JSON.</returns>
    public static bool TryRewrite(ReadOnlySpan<byte> json, out ReadOnlySpan<byte> rewritten)
    {
        try
        {
            return TryRewriteAll(json, out rewritten);
        }
        catch (JsonException)
        {
            rewritten = default;
            return false;
        }
    }

    private static bool TryRewriteAll(ReadOnlySpan<byte> json, out ReadOnlySpan<byte> rewritten)
    {
        ArrayBufferWriter<byte>? output = null;
        var reader = new Utf8JsonReader(json);
        var copied = 0;
        var digits = (stackalloc byte[1 + MaxDigits]);

        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Number || !TryFormat(reader.ValueSpan, digits, out var length))
            {
                continue;
            }

            output ??= new ArrayBufferWriter<byte>(json.Length);
            output.Write(json[copied..(int)reader.TokenStartIndex]);
            output.Write(digits[..length]);
            copied = (int)reader.BytesConsumed;
        }

        output?.Write(json[copied..]);
        rewritten = output is null ? default : output.WrittenSpan;
        return output is not null;
    }

    /// <summary>Writes a number without fraction and exponent.</summary>
    /// <returns><see langword="false"/> when it is written so already, is not whole, or has too many digits.</returns>
    public static bool TryFormat(ReadOnlySpan<byte> number, Span<byte> output, out int length)
    {
        length = 0;
        var mark = number.IndexOfAny("eE"u8);
        var mantissa = mark < 0 ? number : number[..mark];
        var point = mantissa.IndexOf((byte)'.');

        if (mark < 0 && point < 0)
        {
            return false;
        }

        var isNegative = mantissa[0] == '-';
        var whole = (point < 0 ? mantissa : mantissa[..point])[(isNegative ? 1 : 0)..].TrimStart((byte)'0');
        var fraction = point < 0 ? [] : mantissa[(point + 1)..].TrimEnd((byte)'0');

        if (whole.IsEmpty && fraction.IsEmpty)
        {
            return TryWrite(isNegative, "0"u8, zeros: 0, output, out length);
        }

        if (!TryReadExponent(mark < 0 ? [] : number[(mark + 1)..], out var exponent))
        {
            return false;
        }

        // The point moves behind the fraction; then the exponent says how many zeros follow, or how many digits are too many.
        exponent -= fraction.Length;
        var all = (stackalloc byte[MaxDigits * 2]);

        if (whole.Length + fraction.Length > all.Length || whole.Length > MaxDigits)
        {
            // What does not fit may still be whole: its digits end in zeros that the exponent takes away. Nobody writes numbers so.
            return false;
        }

        whole.CopyTo(all);
        fraction.CopyTo(all[whole.Length..]);
        var digits = all[..(whole.Length + fraction.Length)].TrimStart((byte)'0');
        var significant = digits.TrimEnd((byte)'0');
        exponent += digits.Length - significant.Length;

        return exponent >= 0 && exponent <= MaxDigits && TryWrite(isNegative, significant, (int)exponent, output, out length);
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;

        if (text.IsEmpty)
        {
            return true;
        }

        var isNegative = text[0] == '-';
        var digits = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;

        if (!Utf8Parser.TryParse(digits, out int value, out var read) || read != digits.Length)
        {
            return false;
        }

        exponent = isNegative ? -(long)value : value;
        return true;
    }

    private static bool TryWrite(bool isNegative, ReadOnlySpan<byte> digits, int zeros, Span<byte> output, out int length)
    {
        length = 0;

        if (digits.Length + zeros > MaxDigits)
        {
            return false;
        }

        // Zero keeps its sign: it may be read as a floating-point number, too.
        if (isNegative)
        {
            output[length++] = (byte)'-';
        }

        digits.CopyTo(output[length..]);
        length += digits.Length;
        output.Slice(length, zeros).Fill((byte)'0');
        length += zeros;
        return true;
    }
}
