using System.Text;

namespace Salon.SocketIO.Protocol;

/// <summary>
/// Makes packets of one connection's messages: text, and behind it the binary attachments that it announces. What is malformed is
/// <see cref="DecodeStatus.Invalid"/>, never an exception. Not thread-safe.
/// </summary>
/// <param name="limits">How large the packets may be; the defaults when it is <see langword="null"/>.</param>
public sealed class PacketDecoder(PacketLimits? limits = null) : IPacketDecoder
{
    // More digits than any counter reaches, and few enough for a long.
    private const int MaxIdDigits = 18;

    private static readonly PacketLimits Defaults = new();

    private readonly PacketLimits _limits = limits ?? Defaults;
    private readonly PayloadScanner _scanner = new((limits ?? Defaults).MaxArguments);
    private string _lastNamespace = "/";
    private Packet _pending;
    private byte[][]? _attachments;
    private int _attachmentCount;
    private long _attachmentBytes;

    /// <summary>How many bytes a packet occupies whose attachments are not all there.</summary>
    public long PendingBytes => _attachments is null ? 0 : _pending.Payload.Size + _attachmentBytes + (_attachments.Length * IntPtr.Size);

    /// <summary>Takes a text message.</summary>
    public DecodeStatus Add(ReadOnlyMemory<byte> text, out Packet packet)
    {
        packet = default;

        // Text between a packet and its attachments, or nothing at all.
        if (_attachments is not null || text.IsEmpty)
        {
            return DecodeStatus.Invalid;
        }

        var span = text.Span;
        var wireType = (PacketType)(span[0] - '0');

        if (wireType > PacketType.BinaryAck)
        {
            return DecodeStatus.Invalid;
        }

        var position = 1;
        var type = wireType;
        var attachmentCount = 0;

        if (wireType is PacketType.BinaryEvent or PacketType.BinaryAck)
        {
            type = wireType == PacketType.BinaryEvent ? PacketType.Event : PacketType.Ack;

            if (!TryReadAttachmentCount(span, ref position, out attachmentCount))
            {
                return DecodeStatus.Invalid;
            }
        }

        if (!TryReadNamespace(span, ref position, out var name)
            || !TryReadId(span, ref position, out var id)
            || !_scanner.TryScan(type, text[position..], attachmentCount, out var payload))
        {
            return DecodeStatus.Invalid;
        }

        packet = new Packet(type, name, id, payload);

        if (attachmentCount == 0)
        {
            return DecodeStatus.Complete;
        }

        // The message's memory goes back to its owner before the attachments come.
        _pending = packet.Detach();
        _attachments = new byte[attachmentCount][];
        (_attachmentCount, _attachmentBytes) = (0, 0);
        packet = _pending;
        return DecodeStatus.NeedsAttachment;
    }

    /// <summary>Takes a binary message: an attachment of the last packet.</summary>
    public DecodeStatus AddBinary(ReadOnlySpan<byte> data, out Packet packet)
    {
        packet = default;

        // Asked before the data is copied.
        if (_attachments is null || _attachmentBytes + data.Length > _limits.MaxAttachmentBytes)
        {
            return DecodeStatus.Invalid;
        }

        _attachments[_attachmentCount++] = data.ToArray();
        _attachmentBytes += data.Length;

        if (_attachmentCount < _attachments.Length)
        {
            packet = _pending;
            return DecodeStatus.NeedsAttachment;
        }

        packet = _pending with { Payload = _pending.Payload.With(_attachments) };
        _attachments = null;
        _pending = default;
        return DecodeStatus.Complete;
    }

    private bool TryReadAttachmentCount(ReadOnlySpan<byte> span, ref int position, out int count)
    {
        count = 0;
        var dash = span.IndexOf((byte)'-');

        // Two digits are more than any sensible limit; "-" alone, signs and fractions are not numbers.
        if (dash is < 2 or > 10)
        {
            return false;
        }

        foreach (var digit in span[1..dash])
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            count = (count * 10) + (digit - '0');
        }

        position = dash + 1;
        return count >= 1 && count <= _limits.MaxAttachments;
    }

    private bool TryReadNamespace(ReadOnlySpan<byte> span, ref int position, out string namespaceName)
    {
        namespaceName = "/";

        if (position >= span.Length || span[position] != '/')
        {
            return true;
        }

        var rest = span[position..];
        var comma = rest.IndexOf((byte)',');
        var name = comma < 0 ? rest : rest[..comma];

        if (name.Length > _limits.MaxNamespaceBytes)
        {
            return false;
        }

        position += comma < 0 ? rest.Length : comma + 1;

        // A connection speaks of the same few namespaces again and again.
        if (!Equals(name, _lastNamespace))
        {
            _lastNamespace = Encoding.UTF8.GetString(name);
        }

        namespaceName = _lastNamespace;
        return true;
    }

    private static bool Equals(ReadOnlySpan<byte> utf8, string text) =>
        System.Text.Ascii.Equals(utf8, text);

    private static bool TryReadId(ReadOnlySpan<byte> span, ref int position, out long? id)
    {
        id = null;
        var start = position;
        var value = 0L;

        while (position < span.Length && char.IsAsciiDigit((char)span[position]))
        {
            value = (value * 10) + (span[position] - '0');
            position++;

            if (position - start > MaxIdDigits)
            {
                return false;
            }
        }

        if (position > start)
        {
            id = value;
        }

        return true;
    }
}
