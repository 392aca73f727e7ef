using System.Buffers.Text;
using System.Text;

namespace Salon.EngineIO.Protocol;

/// <summary>
/// One Engine.IO packet. The data is the sender's memory: it is valid as long as the buffer that the packet was read from.
/// </summary>
/// <param name="Type">What the packet is for.</param>
/// <param name="Data">UTF-8 text without the type digit, or the raw bytes of a binary message.</param>
/// <param name="IsBinary">Whether <paramref name="Data"/> is binary. Only messages can be.</param>
public readonly record struct EnginePacket(EnginePacketType Type, ReadOnlyMemory<byte> Data, bool IsBinary = false)
{
    /// <summary>Reads a text packet: a type digit, then UTF-8 data.</summary>
    /// <returns><see langword="false"/> when the frame is empty or starts with anything but a packet type.</returns>
    public static bool TryParse(ReadOnlyMemory<byte> frame, out EnginePacket packet)
    {
        packet = default;

        if (frame.IsEmpty)
        {
            return false;
        }

        var type = frame.Span[0] - '0';

        if (type is < (int)EnginePacketType.Open or > (int)EnginePacketType.Noop)
        {
            return false;
        }

        packet = new EnginePacket((EnginePacketType)type, frame[1..]);
        return true;
    }

    /// <summary>Reads a text packet, or a binary message in its text form: <c>b</c> and base64.</summary>
    /// <returns><see langword="false"/> when the frame is empty or of an unknown type.</returns>
    public static bool TryParseText(ReadOnlyMemory<byte> frame, out EnginePacket packet)
    {
        if (frame.IsEmpty || frame.Span[0] != PayloadReader.BinaryPrefix)
        {
            return TryParse(frame, out packet);
        }

        packet = new EnginePacket(EnginePacketType.Message, LenientBase64.Decode(frame.Span[1..]), IsBinary: true);
        return true;
    }

    /// <summary>Encodes a binary message for a client that can read text only.</summary>
    public static byte[] EncodeBase64(ReadOnlySpan<byte> data)
    {
        var packet = new byte[1 + Base64.GetMaxEncodedToUtf8Length(data.Length)];
        packet[0] = PayloadReader.BinaryPrefix;
        Base64.EncodeToUtf8(data, packet.AsSpan(1), out _, out _);
        return packet;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        IsBinary ? $"{Type} <{Data.Length} bytes>" : $"{Type} {Encoding.UTF8.GetString(Data.Span)}".TrimEnd();
}
