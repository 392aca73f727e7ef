using System.Buffers;

namespace Salon.SocketIO.Protocol;

/// <summary>
/// Another form in which packets travel than the standard text with binary messages behind it. A packet of another form is one binary message.
/// Clients must use the same one. Thread-safe.
/// </summary>
public interface IPacketParser
{
    /// <summary>Creates the reader of one connection.</summary>
    /// <param name="limits">How large the packets of the connection may be.</param>
    IPacketDecoder CreateDecoder(PacketLimits limits);

    /// <summary>Writes a packet.</summary>
    /// <param name="header">Its type, namespace and number.</param>
    /// <param name="json">Its data, in which each attachment is a placeholder; empty when it has none.</param>
    /// <param name="attachments">The attachments, in the order of their numbers.</param>
    /// <param name="output">Where the message goes.</param>
    void Encode(in PacketHeader header, ReadOnlySpan<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> attachments, IBufferWriter<byte> output);
}
