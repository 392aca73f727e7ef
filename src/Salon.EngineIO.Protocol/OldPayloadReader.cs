using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Salon.EngineIO.Protocol;

/// <summary>
/// Reads the packets of an Engine.IO v3 polling payload. As text, a packet is its length, a colon and itself, the length counted in UTF-16
/// units as JavaScript does: <c>6:4hello</c>. As binary, it is a zero for text or a one for binary data, the digits of the length in bytes
/// as bytes from 0 to 9, 255, and itself (Engine.IO v3, "Payload"). Not thread-safe.
/// </summary>
/// <param name="payload">The payload.</param>
/// <param name="isBinary">Whether it came as <c>application/octet-stream</c>.</param>
public struct OldPayloadReader(ReadOnlyMemory<byte> payload, bool isBinary)
{
    /// <summary>The byte after the length of a packet of a binary payload.</summary>
    public const byte EndOfLength = 0xff;

    // More digits than any length that an int can hold.
    private const int MaxDigits = 10;

    private ReadOnlyMemory<byte> _rest = payload;
    private bool _hasPackets;

    /// <summary>Reads the next packet. An empty payload is invalid; an empty packet is too in a binary one, and is passed over in a text.</summary>
    public PayloadStatus Read(out EnginePacket packet)
    {
        packet = default;

        // As the reference's reader does.
        while (!isBinary && _rest.Span.StartsWith("0:"u8))
        {
            _rest = _rest[2..];
            _hasPackets = true;
        }

        if (_rest.IsEmpty)
        {
            return _hasPackets ? PayloadStatus.End : PayloadStatus.Invalid;
        }

        _hasPackets = true;
        return (isBinary ? TryReadBinary(out packet) : TryReadText(out packet)) ? PayloadStatus.Packet : PayloadStatus.Invalid;
    }

    private bool TryReadText(out EnginePacket packet)
    {
        packet = default;
        var rest = _rest.Span;

        if (!Utf8Parser.TryParse(rest, out int units, out var digits)
            || digits > MaxDigits
            || !char.IsAsciiDigit((char)rest[0])
            || digits == rest.Length
            || rest[digits] != (byte)':'
            || !TryFindEnd(rest[(digits + 1)..], units, out var length))
        {
            return false;
        }

        var frame = _rest.Slice(digits + 1, length);
        _rest = _rest[(digits + 1 + length)..];
        return OldPacket.TryParseText(frame, out packet);
    }

    private bool TryReadBinary(out EnginePacket packet)
    {
        packet = default;
        var rest = _rest.Span;
        var end = rest[..Math.Min(rest.Length, MaxDigits + 2)].IndexOf(EndOfLength);

        if (rest[0] > 1 || end < 2 || end > MaxDigits + 1 || !TryReadLength(rest[1..end], out var length) || length > rest.Length - end - 1)
        {
            return false;
        }

        var frame = _rest.Slice(end + 1, length);
        _rest = _rest[(end + 1 + length)..];

        return rest[0] == 1
            ? OldPacket.TryParseBinary(frame, out packet)
            : Utf8.IsValid(frame.Span) && OldPacket.TryParseText(frame, out packet);
    }

    private static bool TryReadLength(ReadOnlySpan<byte> digits, out int length)
    {
        long value = 0;
        length = 0;

        foreach (var digit in digits)
        {
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        length = (int)Math.Min(value, int.MaxValue);
        return value <= int.MaxValue;
    }

    /// <summary>Finds how many bytes a number of UTF-16 units take.</summary>
    private static bool TryFindEnd(ReadOnlySpan<byte> utf8, int units, out int length)
    {
        length = 0;

        while (units > 0)
        {
            if (Rune.DecodeFromUtf8(utf8[length..], out var rune, out var consumed) != OperationStatus.Done)
            {
                return false;
            }

            length += consumed;
            units -= rune.Utf16SequenceLength;
        }

        // Less than none are left when the length ends within a surrogate pair.
        return units == 0;
    }
}
