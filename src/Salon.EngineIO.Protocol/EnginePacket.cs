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

    /// <inheritdoc/>
    public override string ToString() =>
        IsBinary ? $"{Type} <{Data.Length} bytes>" : $"{Type} {Encoding.UTF8.GetString(Data.Span)}".TrimEnd();
}
