using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Salon.SocketIO.MessagePack;

/// <summary>Where binary data goes, and how many pieces there may be.</summary>
internal readonly record struct AttachmentList(List<byte[]> Found, int Max);

/// <summary>Writes one MessagePack value as JSON, in which each piece of binary data is a placeholder.</summary>
internal static class JsonTranscoder
{
    private const int MaxDepth = 64;

    /// <param name="reader">Stands before the value.</param>
    /// <param name="output">Where the JSON goes.</param>
    /// <param name="attachments">Where the binary data goes.</param>
    /// <param name="depth">How deep the value is already.</param>
    /// <returns><see langword="false"/> when the value cannot be read or is too deep.</returns>
    public static bool TryWrite(ref MessagePackReader reader, Utf8JsonWriter output, AttachmentList attachments, int depth = 0)
    {
        switch (reader.Read())
        {
            case ValueKind.Nil:
                output.WriteNullValue();
                return true;

            case ValueKind.Boolean:
                output.WriteBooleanValue(reader.Integer != 0);
                return true;

            case ValueKind.Signed:
                output.WriteNumberValue(reader.Integer);
                return true;

            case ValueKind.Unsigned:
                output.WriteNumberValue((ulong)reader.Integer);
                return true;

            case ValueKind.Float:
                WriteFloat(output, reader.Float);
                return true;

            case ValueKind.String:
                return TryWriteString(output, reader.Bytes);

            case ValueKind.Binary:
                if (attachments.Found.Count >= attachments.Max)
                {
                    return false;
                }

                WritePlaceholder(output, attachments.Found.Count);
                attachments.Found.Add(reader.Bytes.ToArray());
                return true;

            case ValueKind.Extension:
                return TryWriteExtension(output, reader.ExtensionType, reader.Bytes);

            case ValueKind.Array:
                return depth < MaxDepth && TryWriteArray(ref reader, output, attachments, depth);

            case ValueKind.Map:
                return depth < MaxDepth && TryWriteMap(ref reader, output, attachments, depth);

            default:
                return false;
        }
    }

    private static bool TryWriteArray(ref MessagePackReader reader, Utf8JsonWriter output, AttachmentList attachments, int depth)
    {
        var count = reader.Count;
        output.WriteStartArray();

        for (var i = 0; i < count; i++)
        {
            if (!TryWrite(ref reader, output, attachments, depth + 1))
            {
                return false;
            }
        }

        output.WriteEndArray();
        return true;
    }

    private static bool TryWriteMap(ref MessagePackReader reader, Utf8JsonWriter output, AttachmentList attachments, int depth)
    {
        var count = reader.Count;
        output.WriteStartObject();

        for (var i = 0; i < count; i++)
        {
            // JavaScript has no other keys.
            if (reader.Read() != ValueKind.String || !Utf8.IsValid(reader.Bytes))
            {
                return false;
            }

            output.WritePropertyName(reader.Bytes);

            if (!TryWrite(ref reader, output, attachments, depth + 1))
            {
                return false;
            }
        }

        output.WriteEndObject();
        return true;
    }

    private static bool TryWriteString(Utf8JsonWriter output, ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            return false;
        }

        output.WriteStringValue(utf8);
        return true;
    }

    private static void WriteFloat(Utf8JsonWriter output, double value)
    {
        // As JSON.stringify has it.
        if (double.IsFinite(value))
        {
            output.WriteNumberValue(value);
        }
        else
        {
            output.WriteNullValue();
        }
    }

    private static void WritePlaceholder(Utf8JsonWriter output, int number)
    {
        output.WriteStartObject();
        output.WriteBoolean("_placeholder"u8, true);
        output.WriteNumber("num"u8, number);
        output.WriteEndObject();
    }

    /// <summary>
    /// <c>undefined</c> and dates: <c>notepack.io</c> 2.2 has extensions of its own for them (type 0), later versions the standard one (type -1).
    /// </summary>
    private static bool TryWriteExtension(Utf8JsonWriter output, sbyte type, ReadOnlySpan<byte> data)
    {
        DateTimeOffset? time = null;

        switch (type, data.Length)
        {
            case (0, 1):
                break;

            case (0, 8):
                time = FromMilliseconds(BinaryPrimitives.ReadInt64BigEndian(data));
                break;

            case (-1, 4):
                time = FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(data) * 1000L);
                break;

            case (-1, 8):
                var packed = BinaryPrimitives.ReadUInt64BigEndian(data);
                time = FromMilliseconds(((long)(packed & 0x3_ffff_ffff) * 1000) + ((long)(packed >> 34) / 1_000_000));
                break;

            case (-1, 12):
                var seconds = Math.Clamp(BinaryPrimitives.ReadInt64BigEndian(data[4..]), -1_000_000_000_000, 1_000_000_000_000);
                time = FromMilliseconds((seconds * 1000) + (BinaryPrimitives.ReadUInt32BigEndian(data) / 1_000_000));
                break;

            default:
                return false;
        }

        if (time is { } known)
        {
            output.WriteStringValue(known.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture));
        }
        else
        {
            output.WriteNullValue();
        }

        return true;
    }

    private static DateTimeOffset? FromMilliseconds(long milliseconds) =>
        milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? null
            : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
