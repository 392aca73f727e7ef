using System.Text.Json;

namespace Salon.SocketIO.Protocol;

/// <summary>
/// The attachments of the packet that is being read or written on this thread. Converters of System.Text.Json are shared and cannot be
/// given anything by the call; reading and writing a payload is synchronous, so the thread can carry it.
/// </summary>
internal static class AttachmentScope
{
    private const string NoAttachment = "The placeholder does not stand for an attachment.";

    [ThreadStatic]
    private static IReadOnlyList<byte[]>? t_incoming;

    [ThreadStatic]
    private static List<ReadOnlyMemory<byte>>? t_outgoing;

    /// <summary>The attachments of the packet that is being read.</summary>
    public static IReadOnlyList<byte[]> Incoming
    {
        get => t_incoming ?? [];
        set => t_incoming = value;
    }

    /// <summary>Where attachments go that are found while writing; <see langword="null"/> outside of a payload.</summary>
    public static List<ReadOnlyMemory<byte>>? Outgoing
    {
        get => t_outgoing;
        set => t_outgoing = value;
    }

    /// <summary>Writes the placeholder and keeps the data; as base64 where no payload is being written.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> data)
    {
        if (t_outgoing is not { } attachments)
        {
            writer.WriteBase64StringValue(data.Span);
            return;
        }

        writer.WriteStartObject();
        writer.WriteBoolean("_placeholder"u8, true);
        writer.WriteNumber("num"u8, attachments.Count);
        writer.WriteEndObject();
        attachments.Add(data);
    }

    /// <summary>Reads the placeholder that the reader stands on, or a base64 string.</summary>
    /// <exception cref="JsonException">It is something else, or no attachment has the number.</exception>
    public static byte[] Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.TryGetBytesFromBase64(out var bytes) ? bytes : throw new JsonException("The string is not base64.");
        }

        if (!TryReadNumber(reader, out var number) || number >= Incoming.Count)
        {
            throw new JsonException(NoAttachment);
        }

        reader.Skip();
        return Incoming[number];
    }

    /// <summary>Whether the reader, of which this is a copy, stands on a placeholder.</summary>
    public static bool TryReadNumber(Utf8JsonReader reader, out int number)
    {
        number = -1;
        var isPlaceholder = false;

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("_placeholder"u8))
            {
                reader.Read();
                isPlaceholder = reader.TokenType == JsonTokenType.True;
            }
            else if (reader.ValueTextEquals("num"u8))
            {
                reader.Read();

                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out number))
                {
                    return false;
                }
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }

        return isPlaceholder && number >= 0;
    }
}
