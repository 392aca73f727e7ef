using System.Text;

namespace Salon.SocketIO.Protocol;

/// <summary>
/// One Socket.IO packet as it was received. The payload is the sender's memory: it is valid as long as the buffer that the packet was
/// read from, unless <see cref="Detach"/> copied it. Attachments are the packet's own.
/// </summary>
/// <param name="Type">What the packet is for. The binary types appear as <see cref="PacketType.Event"/> and <see cref="PacketType.Ack"/>.</param>
/// <param name="Namespace">The namespace, <c>/</c> included.</param>
/// <param name="Id">The number that ties an event and its answer together.</param>
/// <param name="Payload">The JSON, in which each attachment is a placeholder.</param>
public readonly record struct Packet(PacketType Type, string Namespace, long? Id, JsonPayload Payload)
{
    /// <summary>The same packet with a payload of its own, which may be kept.</summary>
    public Packet Detach() => this with { Payload = Payload.Detach() };

    /// <inheritdoc/>
    public override string ToString() => $"{Type} {Namespace} {Id} {Encoding.UTF8.GetString(Payload.Json.Span)}".TrimEnd();
}
