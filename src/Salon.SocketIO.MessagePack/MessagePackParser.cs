using System.Buffers;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.MessagePack;

/// <summary>
/// Packets as MessagePack, as <c>socket.io-msgpack-parser</c> 3 has them: one binary message each, with binary data inside. Smaller than
/// JSON where there are numbers and binary data. Clients must use the same parser. Immutable.
/// </summary>
/// <example><code>
/// builder.Services.AddSocketIO().AddParser(MessagePackParser.Instance);
/// </code></example>
public sealed class MessagePackParser : IPacketParser
{
    private MessagePackParser()
    {
    }

    /// <summary>The parser.</summary>
    public static MessagePackParser Instance { get; } = new();

    /// <inheritdoc/>
    public IPacketDecoder CreateDecoder(PacketLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);

        return new MessagePackDecoder(limits);
    }


    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The data is not JSON.</exception>
    public void Encode(in PacketHeader header, ReadOnlySpan<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> attachments, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(attachments);
        ArgumentNullException.ThrowIfNull(output);

        var writer = new MessagePackWriter(output);

        // The reference's order: an answer begins with its number.
        writer.WriteMapHeader(2 + (json.IsEmpty ? 0 : 1) + (header.Id is null ? 0 : 1));
        WriteId(ref writer, header, isFirst: true);
        writer.WriteString("type"u8);
        writer.WriteInteger((long)header.Type);

        if (!json.IsEmpty)
        {
            writer.WriteString("data"u8);
            MessagePackJson.Write(json, attachments, output);
        }

        WriteId(ref writer, header, isFirst: false);
        writer.WriteString("nsp"u8);
        writer.WriteString(System.Text.Encoding.UTF8.GetBytes(header.Namespace));
    }

    private static void WriteId(ref MessagePackWriter writer, in PacketHeader header, bool isFirst)
    {
        if (header.Id is { } id && isFirst == (header.Type == PacketType.Ack))
        {
            writer.WriteString("id"u8);
            writer.WriteInteger(id);
        }
    }
}
