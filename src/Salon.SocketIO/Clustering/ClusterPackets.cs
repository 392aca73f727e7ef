using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Clustering;

/// <summary>Makes packets of what other servers emit.</summary>
internal static class ClusterPackets
{
    public static EncodedPacket Create(Namespace target, ClusterMessage message, long? id = null) => EncodedPacket.Create(
        target.Server.Parser,
        PacketType.Event,
        target.Name,
        id,
        message.Event.Utf8.Span,
        [.. message.Event.Attachments.Select(static attachment => new ReadOnlyMemory<byte>(attachment))],
        message.Options.Compress);

    /// <summary>
    /// The packet, after a look at its placeholders where it has attachments: clients end a connection on which one stands for nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">One does.</exception>
    public static EncodedPacket CreateSafe(Namespace target, ClusterMessage message, long? id = null)
    {
        var packet = Create(target, message, id);

        if (message.Event.Attachments.Count > 0)
        {
            packet.ReadEvent(target.Server.Codec);
        }

        return packet;
    }
}
