using System.Buffers.Binary;

namespace Salon.EngineIO.WebSockets;

/// <summary>The first bytes of a WebSocket frame (RFC 6455, section 5.2).</summary>
/// <param name="Opcode">What the frame holds.</param>
/// <param name="IsFinal">Whether the message ends with this frame.</param>
/// <param name="IsCompressed">Whether RSV1 is set (RFC 7692, section 6).</param>
/// <param name="Mask">The masking key, in the order of the wire.</param>
/// <param name="PayloadLength">The number of bytes that follow the header.</param>
/// <param name="Length">The number of bytes of the header itself.</param>
internal readonly record struct FrameHeader(Opcode Opcode, bool IsFinal, bool IsCompressed, uint Mask, long PayloadLength, int Length)
{
    public const int MaxControlPayload = 125;

    private const byte FinalBit = 0x80;
    private const byte CompressedBit = 0x40;
    private const byte UnusedBits = 0x30;
    private const byte MaskBit = 0x80;

    public bool IsControl => (byte)Opcode >= 0x8;

    /// <summary>Reads the header of a frame from a client: masked, and with nothing in it that RFC 6455 forbids.</summary>
    public static HeaderStatus TryReadClient(ReadOnlySpan<byte> buffer, out FrameHeader header)
    {
        header = default;

        if (buffer.Length < 2)
        {
            return HeaderStatus.Incomplete;
        }

        var opcode = (Opcode)(buffer[0] & 0x0f);

        // Section 5.1: a server closes the connection when a frame is not masked.
        if (opcode is not (<= Opcode.Binary or (>= Opcode.Close and <= Opcode.Pong)) || (buffer[0] & UnusedBits) != 0 || (buffer[1] & MaskBit) == 0)
        {
            return HeaderStatus.Invalid;
        }

        var lengthBits = buffer[1] & 0x7f;
        var length = lengthBits switch { 127 => 14, 126 => 8, _ => 6 };

        if (buffer.Length < length)
        {
            return HeaderStatus.Incomplete;
        }

        var payloadLength = lengthBits switch
        {
            127 => BinaryPrimitives.ReadInt64BigEndian(buffer[2..]),
            126 => BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]),
            _ => lengthBits,
        };

        header = new FrameHeader(
            opcode,
            (buffer[0] & FinalBit) != 0,
            (buffer[0] & CompressedBit) != 0,
            BinaryPrimitives.ReadUInt32LittleEndian(buffer[(length - 4)..]),
            payloadLength,
            length);

        // Section 5.2: the highest bit of a 64-bit length is 0. Section 5.5: control frames are short, and say so in seven bits, and whole.
        // (A longer form than a message needs is forgiven, as many servers do.)
        var isValid = payloadLength >= 0
            && (!header.IsControl || (header.IsFinal && !header.IsCompressed && lengthBits <= MaxControlPayload));

        return isValid ? HeaderStatus.Complete : HeaderStatus.Invalid;
    }

    /// <summary>How long the header of a frame to a client is: it is not masked.</summary>
    public static int ServerLength(int payloadLength) => payloadLength switch
    {
        <= MaxControlPayload => 2,
        <= ushort.MaxValue => 4,
        _ => 10,
    };

    public static void WriteServer(Span<byte> buffer, Opcode opcode, int payloadLength, bool isCompressed = false)
    {
        buffer[0] = (byte)(FinalBit | (isCompressed ? CompressedBit : 0) | (byte)opcode);

        switch (ServerLength(payloadLength))
        {
            case 2:
                buffer[1] = (byte)payloadLength;
                break;
            case 4:
                buffer[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)payloadLength);
                break;
            default:
                buffer[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(buffer[2..], payloadLength);
                break;
        }
    }
}
