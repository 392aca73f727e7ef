using System.Buffers;
using System.Text;
using Salon.EngineIO;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO;

/// <summary>An event that is encoded once, for any number of recipients here and on other servers. Immutable.</summary>
public sealed class EncodedPacket
{
    private readonly int _headerLength;
    private readonly EngineMessage _standard;
    private readonly IPacketParser? _parser;

    private EncodedPacket(PacketHeader header, int headerLength, EngineMessage standard, IPacketParser? parser)
    {
        Header = header;
        _headerLength = headerLength;
        _standard = standard;
        _parser = parser;
        Message = parser is null ? standard : Encode(parser);
    }

    /// <summary>The packet's type, namespace and number.</summary>
    public PacketHeader Header { get; }

    /// <summary>The packet as this server's clients get it.</summary>
    public EngineMessage Message { get; }

    /// <summary>The packet's data: a JSON array, in which each attachment is a placeholder.</summary>
    public ReadOnlyMemory<byte> Json => _standard.Data[_headerLength..];

    /// <summary>The attachments, in the order of their numbers.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Attachments => _standard.Attachments.Select(static attachment => attachment.Data);

    /// <summary>The same event with one more argument behind the others: a text that needs no escaping.</summary>
    internal EncodedPacket WithLastArgument(string text) =>
        Create(Header, Json.Span[..^1], Encoding.ASCII.GetBytes($",\"{text}\"]"), _standard.Attachments, _standard.Compress, _parser);

    /// <summary>Reads the event back: its name and its arguments.</summary>
    internal (string Name, EventArguments Arguments) ReadEvent(JsonCodec codec)
    {
        var decoder = new PacketDecoder(PacketLimits.None);
        var status = decoder.Add(_standard.Data, out var packet);

        foreach (var attachment in Attachments)
        {
            status = decoder.AddBinary(attachment.Span, out packet);
        }

        return status == DecodeStatus.Complete
            ? (Encoding.UTF8.GetString(packet.Payload.EventName.Span), new EventArguments(packet.Payload, start: 1, codec))
            : throw new InvalidOperationException("What was encoded cannot be decoded.");
    }

    /// <summary>The event for other servers: its data, in memory of its own.</summary>
    internal RawJson ToRawJson() => new(Json, [.. _standard.Attachments.Select(static attachment => attachment.Data.ToArray())]);

    /// <summary>Encodes a packet.</summary>
    internal static EncodedPacket Create(Namespace target, PacketType type, long? id, PayloadBuilder payload, bool compress = true) =>
        Create(target.Server.Parser, type, target.Name, id, payload.Json, payload.Attachments, compress);

    /// <inheritdoc cref="Create(Namespace, PacketType, long?, PayloadBuilder, bool)"/>
    internal static EncodedPacket Create(
        IPacketParser? parser,
        PacketType type,
        string namespaceName,
        long? id,
        ReadOnlySpan<byte> json,
        IReadOnlyList<ReadOnlyMemory<byte>> attachments,
        bool compress = true) =>
        Create(
            new PacketHeader(type, namespaceName, id, attachments.Count),
            json,
            [],
            attachments.Count == 0 ? [] : CreateMessages(attachments, compress),
            compress,
            parser);

    private static EncodedPacket Create(
        PacketHeader packetHeader,
        ReadOnlySpan<byte> json,
        ReadOnlySpan<byte> tail,
        IReadOnlyCollection<EngineMessage> attachments,
        bool compress,
        IPacketParser? parser)
    {
        var buffer = packetHeader.MaxLength <= 256 ? stackalloc byte[256] : new byte[packetHeader.MaxLength];
        ReadOnlySpan<byte> header = buffer[..packetHeader.Write(buffer)];

        var message = EngineMessage.CreateText(
            header.Length + json.Length + tail.Length,
            new Parts(header, json, tail),
            static (output, parts) =>
            {
                parts.Header.CopyTo(output);
                parts.Json.CopyTo(output[parts.Header.Length..]);
                parts.Tail.CopyTo(output[(parts.Header.Length + parts.Json.Length)..]);
            },
            compress,
            attachments.Count == 0 ? null : attachments);

        return new EncodedPacket(packetHeader, header.Length, message, parser);
    }

    private static EngineMessage[] CreateMessages(IReadOnlyList<ReadOnlyMemory<byte>> attachments, bool compress) =>
        [.. attachments.Select(data => EngineMessage.CreateBinary(data.Span, compress))];

    private EngineMessage Encode(IPacketParser parser)
    {
        var output = new ArrayBufferWriter<byte>(_standard.Size);
        parser.Encode(Header, Json.Span, [.. Attachments], output);
        return EngineMessage.CreateBinary(output.WrittenSpan, _standard.Compress);
    }

    private readonly ref struct Parts(ReadOnlySpan<byte> header, ReadOnlySpan<byte> json, ReadOnlySpan<byte> tail)
    {
        public ReadOnlySpan<byte> Header { get; } = header;

        public ReadOnlySpan<byte> Json { get; } = json;

        public ReadOnlySpan<byte> Tail { get; } = tail;
    }
}
