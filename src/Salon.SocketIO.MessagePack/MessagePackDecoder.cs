using System.Text.Unicode;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.MessagePack;

/// <summary>
/// Makes packets of binary messages, a map each. It translates them into the standard form, so that there is one place that knows what a
/// packet may be. Not thread-safe.
/// </summary>
/// <param name="limits">How large a packet may be; each piece of binary data counts as an attachment.</param>
internal sealed class MessagePackDecoder(PacketLimits limits) : IPacketDecoder
{
    /// <summary>This parser sends no text.</summary>
    public DecodeStatus Add(ReadOnlyMemory<byte> text, out Packet packet)
    {
        packet = default;
        return DecodeStatus.Invalid;
    }

    public DecodeStatus AddBinary(ReadOnlySpan<byte> data, out Packet packet)
    {
        packet = default;
        var reader = new MessagePackReader(data);

        if (!TryReadFields(ref reader, out var type, out var id, out var name, out var value) || !reader.IsAtEnd)
        {
            return DecodeStatus.Invalid;
        }

        // The name is looked at first: it costs nothing yet.
        if (data[name].Length > limits.MaxNamespaceBytes
            || !IsNamespace(data[name])
            || !TryTranslate(data[value], out var json, out var attachments)
            || (attachments.Count > 0 && type is not (PacketType.Event or PacketType.Ack)))
        {
            return DecodeStatus.Invalid;
        }

        return Decode(CreateText(type, id, data[name], json.Span, attachments.Count), attachments, out packet);
    }

    private DecodeStatus Decode(byte[] text, IReadOnlyList<byte[]> attachments, out Packet packet)
    {
        var decoder = new PacketDecoder(limits);
        var status = decoder.Add(text, out packet);

        foreach (var attachment in attachments)
        {
            if (status != DecodeStatus.NeedsAttachment)
            {
                return DecodeStatus.Invalid;
            }

            status = decoder.AddBinary(attachment, out packet);
        }

        return status;
    }

    private static bool TryReadFields(ref MessagePackReader reader, out PacketType type, out long? id, out Range name, out Range value)
    {
        (type, id, name, value) = (default, null, default, default);
        var (hasType, hasName) = (false, false);

        if (reader.Read() != ValueKind.Map)
        {
            return false;
        }

        for (var left = reader.Count; left > 0; left--)
        {
            if (reader.Read() != ValueKind.String)
            {
                return false;
            }

            var key = reader.Bytes;

            if (key.SequenceEqual("type"u8))
            {
                hasType = reader.Read() is ValueKind.Signed or ValueKind.Unsigned && reader.Integer is >= 0 and <= (long)PacketType.ConnectError;
                type = (PacketType)(hasType ? reader.Integer : 0);
            }
            else if (key.SequenceEqual("id"u8))
            {
                switch (reader.Read())
                {
                    case ValueKind.Signed or ValueKind.Unsigned when reader.Integer >= 0:
                        id = reader.Integer;
                        break;

                    case ValueKind.Extension:
                        break;

                    default:
                        return false;
                }
            }
            else if (key.SequenceEqual("nsp"u8))
            {
                hasName = reader.Read() == ValueKind.String;
                name = (reader.Position - (hasName ? reader.Bytes.Length : 0))..reader.Position;
            }
            else
            {
                var start = reader.Position;
                var isData = key.SequenceEqual("data"u8);

                // Clients add "options", and may add more one day.
                if (!reader.TrySkip())
                {
                    return false;
                }

                value = isData ? start..reader.Position : value;
            }
        }

        return hasType && hasName;
    }

    /// <summary>Translates the data, if there is any: nothing and <c>undefined</c> are none.</summary>
    private bool TryTranslate(ReadOnlySpan<byte> value, out ReadOnlyMemory<byte> json, out IReadOnlyList<byte[]> attachments)
    {
        if (value.IsEmpty || value.SequenceEqual((ReadOnlySpan<byte>)[Format.FixExt1, 0, 0]) || value.SequenceEqual((ReadOnlySpan<byte>)[Format.Nil]))
        {
            (json, attachments) = (default, []);
            return true;
        }

        return MessagePackJson.TryRead(value, limits.MaxAttachments, out json, out attachments);
    }

    /// <summary>The standard form ends a namespace with a comma, so none has one.</summary>
    private static bool IsNamespace(ReadOnlySpan<byte> name) => name.StartsWith("/"u8) && !name.Contains((byte)',') && Utf8.IsValid(name);

    private static byte[] CreateText(PacketType type, long? id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json, int attachmentCount)
    {
        var header = new PacketHeader(type, System.Text.Encoding.UTF8.GetString(name), id, attachmentCount);
        var text = new byte[header.MaxLength + json.Length];
        var length = header.Write(text);

        json.CopyTo(text.AsSpan(length));
        return text[..(length + json.Length)];
    }
}
