using System.Buffers.Text;
using System.Text;

namespace Salon.SocketIO.Protocol;

/// <summary>
/// What stands in front of a packet's JSON: <c>&lt;type&gt;[&lt;attachments&gt;-][&lt;namespace&gt;,][&lt;id&gt;]</c>
/// (Socket.IO v5, "Packet encoding").
/// </summary>
/// <param name="Type">The type; an event or ack with attachments is written as its binary form.</param>
/// <param name="Namespace">The namespace; <c>/</c> is left out.</param>
/// <param name="Id">The number of the ack.</param>
/// <param name="Attachments">How many binary messages follow.</param>
public readonly record struct PacketHeader(PacketType Type, string Namespace, long? Id = null, int Attachments = 0)
{
    // A type, two numbers, a dash and a comma.
    private const int MaxFixedLength = 1 + 11 + 1 + 20;

    /// <summary>No header of this namespace is longer.</summary>
    public int MaxLength => MaxFixedLength + Encoding.UTF8.GetMaxByteCount(Namespace.Length);

    /// <summary>Writes the header.</summary>
    /// <returns>The number of bytes written.</returns>
    public int Write(Span<byte> output)
    {
        var type = (Type, Attachments) switch
        {
            (PacketType.Event, > 0) => PacketType.BinaryEvent,
            (PacketType.Ack, > 0) => PacketType.BinaryAck,
            _ => Type,
        };

        output[0] = (byte)('0' + (byte)type);
        var length = 1;

        if (Attachments > 0)
        {
            Utf8Formatter.TryFormat(Attachments, output[length..], out var written);
            length += written;
            output[length++] = (byte)'-';
        }

        if (Namespace != "/")
        {
            length += Encoding.UTF8.GetBytes(Namespace, output[length..]);
            output[length++] = (byte)',';
        }

        if (Id is { } id)
        {
            Utf8Formatter.TryFormat(id, output[length..], out var written);
            length += written;
        }

        return length;
    }
}
