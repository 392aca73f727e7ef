namespace Salon.SocketIO.Protocol;

/// <summary>
/// Makes packets of one connection's messages. What is malformed is <see cref="DecodeStatus.Invalid"/>, never an exception. Not thread-safe.
/// </summary>
public interface IPacketDecoder
{
    /// <summary>
    /// Takes a text message. The packet may refer to its memory. With <see cref="DecodeStatus.NeedsAttachment"/> it is there too, without
    /// attachments and in memory of its own: whom it is for can be looked at before anything more is kept.
    /// </summary>
    DecodeStatus Add(ReadOnlyMemory<byte> text, out Packet packet);

    /// <summary>Takes a binary message. The packet does not refer to its memory.</summary>
    DecodeStatus AddBinary(ReadOnlySpan<byte> data, out Packet packet);
}
