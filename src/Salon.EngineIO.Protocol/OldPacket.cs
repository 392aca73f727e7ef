using System.Buffers.Text;

namespace Salon.EngineIO.Protocol;

/// <summary>
/// The packets of Engine.IO v3, where they differ from those of v4: binary data carries the packet's type as a byte, and travels as
/// <c>b</c>, the type and base64 where only text can (Engine.IO v3, "Packet").
/// </summary>
public static class OldPacket
{
    private const byte MessageType = (byte)EnginePacketType.Message;

    /// <summary>Reads a text packet, or binary data in its text form.</summary>
    /// <returns><see langword="false"/> when the frame is empty or of an unknown type.</returns>
    public static bool TryParseText(ReadOnlyMemory<byte> frame, out EnginePacket packet)
    {
        if (frame.IsEmpty || frame.Span[0] != PayloadReader.BinaryPrefix)
        {
            return EnginePacket.TryParse(frame, out packet);
        }

        packet = default;

        if (frame.Length < 2 || frame.Span[1] != (byte)'0' + MessageType)
        {
            return false;
        }

        packet = new EnginePacket(EnginePacketType.Message, LenientBase64.Decode(frame.Span[2..]), IsBinary: true);
        return true;
    }

    /// <summary>Reads a binary packet. Only messages are sent as such.</summary>
    /// <returns><see langword="false"/> when the frame is empty or not a message.</returns>
    public static bool TryParseBinary(ReadOnlyMemory<byte> frame, out EnginePacket packet)
    {
        packet = default;

        if (frame.IsEmpty || frame.Span[0] != MessageType)
        {
            return false;
        }

        packet = new EnginePacket(EnginePacketType.Message, frame[1..], IsBinary: true);
        return true;
    }

    /// <summary>Encodes binary data for a client that can read it.</summary>
    public static byte[] EncodeBinary(ReadOnlySpan<byte> data) => [MessageType, .. data];

    /// <summary>Encodes binary data for a client that can read text only.</summary>
    public static byte[] EncodeBase64(ReadOnlySpan<byte> data)
    {
        var packet = new byte[2 + Base64.GetMaxEncodedToUtf8Length(data.Length)];
        packet[0] = PayloadReader.BinaryPrefix;
        packet[1] = (byte)'0' + MessageType;
        Base64.EncodeToUtf8(data, packet.AsSpan(2), out _, out _);
        return packet;
    }
}
