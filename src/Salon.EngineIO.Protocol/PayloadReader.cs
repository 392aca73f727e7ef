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

        return EnginePacket.TryParseText(frame, out packet) ? PayloadStatus.Packet : PayloadStatus.Invalid;
    }
}
