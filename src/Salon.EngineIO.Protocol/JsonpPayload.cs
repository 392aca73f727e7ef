using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Salon.EngineIO.Protocol;

/// <summary>
/// JSON-P, the polling of pages that can neither use CORS nor WebSocket: a response is a script that hands the payload to
/// <c>___eio[n]</c>, a request is a form whose field <c>d</c> holds the payload.
/// </summary>
public static class JsonpPayload
{
    /// <summary>Wraps a payload as a script: <c>___eio[3]("0{…}");</c>.</summary>
    /// <param name="index">The number of the callback, as the client chose it.</param>
    /// <param name="payload">The payload, in UTF-8.</param>
    public static byte[] Wrap(int index, ReadOnlySpan<byte> payload)
    {
        // It escapes U+2028 and U+2029 as well, which are fine in JSON, but end a line in the script engines that still need JSON-P.
        var text = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Encoding.UTF8.GetString(payload));

        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"___eio[{index}](\"{text}\");"));
    }

    /// <summary>Takes the payload out of a posted form.</summary>
    /// <returns><see langword="false"/> when the form has no field <c>d</c>.</returns>
    public static bool TryUnwrap(ReadOnlySpan<byte> form, out byte[] payload)
    {
        payload = [];

        foreach (var range in form.Split((byte)'&'))
        {
            var field = form[range];

            if (field.StartsWith("d="u8))
            {
                payload = RestoreLineBreaks(Decode(field[2..]));
                return true;
            }
        }

        return false;
    }

    private static byte[] Decode(ReadOnlySpan<byte> encoded)
    {
        var text = Encoding.UTF8.GetString(encoded).Replace('+', ' ');
        return Encoding.UTF8.GetBytes(Uri.UnescapeDataString(text));
    }

    /// <summary>
    /// A form turns every line break into CR LF, so clients send <c>\n</c> for a line break and <c>\\n</c> for a backslash and an n.
    /// </summary>
    private static byte[] RestoreLineBreaks(ReadOnlySpan<byte> text)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + 1);

        while (!text.IsEmpty)
        {
            if (text.StartsWith("\\\\n"u8))
            {
                output.Write("\\n"u8);
                text = text[3..];
            }
            else if (text.StartsWith("\\n"u8))
            {
                output.Write("\n"u8);
                text = text[2..];
            }
            else
            {
                output.Write(text[..1]);
                text = text[1..];
            }
        }

        return output.WrittenSpan.ToArray();
    }
}
