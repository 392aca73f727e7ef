using System.Buffers.Text;

namespace Salon.SocketIO.Protocol;

/// <summary>
/// JSON may hold half a surrogate pair, written as <c>\ud83d</c>: JavaScript writes it for text that was cut inside an emoji. No string of
/// UTF-8 can, and .NET refuses to read it. It becomes U+FFFD, whose escape is as long.
/// </summary>
internal static class LoneSurrogates
{
    private const int EscapeLength = 6;

    /// <summary>Gives the JSON back, or a copy in which lone surrogates are replaced.</summary>
    public static ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> json)
    {
        if (Find(json.Span, 0) is not (>= 0 and var position))
        {
            return json;
        }

        var copy = json.ToArray();

        for (; position >= 0; position = Find(copy, position + EscapeLength))
        {
            "\\ufffd"u8.CopyTo(copy.AsSpan(position));
        }

        return copy;
    }

    /// <summary>Finds the first escape of a lone surrogate from a position on, which must not be inside an escape.</summary>
    private static int Find(ReadOnlySpan<byte> json, int position)
    {
        while (true)
        {
            var backslash = json[position..].IndexOf((byte)'\\');

            if (backslash < 0 || position + backslash + 1 >= json.Length)
            {
                return -1;
            }

            position += backslash;

            if (!TryReadEscape(json, position, out var unit))
            {
                position += 2;
            }
            else if (!char.IsSurrogate(unit))
            {
                position += EscapeLength;
            }
            else if (char.IsHighSurrogate(unit) && TryReadEscape(json, position + EscapeLength, out var next) && char.IsLowSurrogate(next))
            {
                position += 2 * EscapeLength;
            }
            else
            {
                return position;
            }
        }
    }

    private static bool TryReadEscape(ReadOnlySpan<byte> json, int position, out char unit)
    {
        unit = default;

        if (json.Length < position + EscapeLength
            || json[position] != '\\'
            || json[position + 1] != 'u'
            || !Utf8Parser.TryParse(json.Slice(position + 2, 4), out ushort value, out var length, 'x')
            || length != 4)
        {
            return false;
        }

        unit = (char)value;
        return true;
    }
}
