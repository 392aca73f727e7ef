using System.Buffers;
using System.Buffers.Text;

namespace Salon.EngineIO.Protocol;

/// <summary>
/// Reads base64 as Node.js does, and with it the reference: with padding or without, in the alphabet for URLs too, and past whatever else there is.
/// </summary>
internal static class LenientBase64
{
    /// <summary>Decodes; what cannot be decoded is left out.</summary>
    public static ReadOnlyMemory<byte> Decode(ReadOnlySpan<byte> text)
    {
        var data = new byte[(int)(((long)text.Length * 3 / 4) + 3)];

        return Base64.DecodeFromUtf8(text, data, out _, out var written) == OperationStatus.Done
            ? data.AsMemory(0, written)
            : data.AsMemory(0, DecodeLoosely(text, data));
    }

    private static int DecodeLoosely(ReadOnlySpan<byte> text, Span<byte> data)
    {
        var (bits, count, written) = (0, 0, 0);

        foreach (var character in text)
        {
            if (character == (byte)'=')
            {
                break;
            }

            if (ValueOf(character) is not (>= 0 and var value))
            {
                continue;
            }

            bits = ((bits << 6) | value) & 0xffff;
            count += 6;

            if (count >= 8)
            {
                count -= 8;
                data[written++] = (byte)(bits >> count);
            }
        }

        return written;
    }

    private static int ValueOf(byte character) => character switch
    {
        >= (byte)'A' and <= (byte)'Z' => character - 'A',
        >= (byte)'a' and <= (byte)'z' => character - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => character - '0' + 52,
        (byte)'+' or (byte)'-' => 62,
        (byte)'/' or (byte)'_' => 63,
        _ => -1,
    };
}
