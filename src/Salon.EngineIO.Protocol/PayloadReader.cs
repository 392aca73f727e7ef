using System.Buffers;
using System.Buffers.Text;

namespace Salon.EngineIO.Protocol;

/// <summary>
/// Reads the packets of a polling payload one after the other: text packets, and binary messages as <c>b</c> + base64,
/// separated by U+001E (Engine.IO v4, "HTTP long-polling"). Not thread-safe.
/// </summary>
public struct PayloadReader(ReadOnlyMemory<byte> payload)
{
    /// <summary>The byte between two packets.</summary>
    public const byte Separator = 0x1e;

    /// <summary>The byte in front of a binary message; base64 follows.</summary>
    public const byte BinaryPrefix = (byte)'b';

    private ReadOnlyMemory<byte> _rest = payload;
    private bool _atEnd;

    /// <summary>Reads the next packet. An empty payload is invalid, as an empty packet is.</summary>
    public PayloadStatus Read(out EnginePacket packet)
    {
        packet = default;

        if (_atEnd)
        {
            return PayloadStatus.End;
        }

        var end = _rest.Span.IndexOf(Separator);
        var frame = end < 0 ? _rest : _rest[..end];
        _atEnd = end < 0;
        _rest = _atEnd ? default : _rest[(end + 1)..];

        var isRead = frame.Length > 0 && frame.Span[0] == BinaryPrefix
            ? TryReadBinary(frame[1..], out packet)
            : EnginePacket.TryParse(frame, out packet);

        return isRead ? PayloadStatus.Packet : PayloadStatus.Invalid;
    }

    private static bool TryReadBinary(ReadOnlyMemory<byte> base64, out EnginePacket packet)
    {
        var data = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        var status = Base64.DecodeFromUtf8(base64.Span, data, out _, out var written);
        packet = new EnginePacket(EnginePacketType.Message, data.AsMemory(0, written), IsBinary: true);

        return status == OperationStatus.Done;
    }
}
