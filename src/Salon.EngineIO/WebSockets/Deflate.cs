using System.Buffers;
using System.IO.Compression;

namespace Salon.EngineIO.WebSockets;

/// <summary>
/// permessage-deflate without context takeover (RFC 7692): every message is compressed on its own, so that one compressed frame serves
/// every recipient, and an idle connection holds no window.
/// </summary>
internal static class Deflate
{
    public const string Response = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    // RFC 7692, section 7.2.1: a sync flush ends with these bytes, which are not sent.
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xff, 0xff];

    // An empty last block, because the platform's decompressor takes a stream without one for truncated.
    private static ReadOnlySpan<byte> LastBlock => [0x01, 0x00, 0x00, 0xff, 0xff];

    /// <summary>Whether the client offers the extension in a form that this server can speak.</summary>
    /// <param name="offers">The values of <c>Sec-WebSocket-Extensions</c>.</param>
    public static bool IsOffered(IEnumerable<string?> offers)
    {
        foreach (var offer in offers.SelectMany(static value => (value ?? "").Split(',')))
        {
            var parts = offer.Split(';', StringSplitOptions.TrimEntries);

            // A smaller window for the server must be honoured or declined; the platform's compressor has one size only.
            if (parts[0] == "permessage-deflate" && parts.Skip(1).All(IsAcceptable))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Compresses one message and puts the frame header in front.</summary>
    public static byte[] CreateFrame(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        using var output = new MemoryStream(payload.Length / 2);

        using (var deflate = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(payload);
            deflate.Flush();

            // Disposing would add a final block, which is not part of the message.
            output.SetLength(output.Length - Tail.Length);
            return Prepend(opcode, output.GetBuffer().AsSpan(0, (int)output.Length));
        }
    }

    /// <summary>Expands one message.</summary>
    /// <returns><see langword="false"/> when the data is not deflated, or would be longer than <paramref name="maxLength"/>.</returns>
    public static bool TryInflate(ReadOnlySpan<byte> compressed, long maxLength, ArrayBufferWriter<byte> output, out bool isTooBig)
    {
        isTooBig = false;

        using var input = new MemoryStream(compressed.Length + Tail.Length);
        input.Write(compressed);
        input.Write(Tail);
        input.Write(LastBlock);
        input.Position = 0;

        using var inflate = new DeflateStream(input, CompressionMode.Decompress);

        try
        {
            while (inflate.Read(output.GetSpan(4096)) is > 0 and var read)
            {
                output.Advance(read);

                if (output.WrittenCount > maxLength)
                {
                    isTooBig = true;
                    return false;
                }
            }

            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static bool IsAcceptable(string parameter) =>
        parameter is "server_no_context_takeover" or "client_no_context_takeover" or "client_max_window_bits"
        || parameter.StartsWith("client_max_window_bits=", StringComparison.Ordinal);

    private static byte[] Prepend(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var headerLength = FrameHeader.ServerLength(payload.Length);
        var frame = new byte[headerLength + payload.Length];
        FrameHeader.WriteServer(frame, opcode, payload.Length, isCompressed: true);
        payload.CopyTo(frame.AsSpan(headerLength));
        return frame;
    }
}
