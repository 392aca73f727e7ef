using System.Text.Json;
using Salon.SocketIO.Clustering;

namespace Salon.SocketIO.Redis.Wire;

/// <summary>Writes what all forms have in common.</summary>
internal static class WireWriter
{
    /// <summary>A packet, with the namespace where it belongs to the form.</summary>
    public static void WritePacket(this Utf8JsonWriter writer, RawJson @event, string? @namespace = null)
    {
        writer.WriteStartObject("packet"u8);
        writer.WriteEvent(@event, @namespace);
        writer.WriteEndObject();
    }

    public static void WriteEvent(this Utf8JsonWriter writer, RawJson @event, string? @namespace)
    {
        writer.WriteNumber("type"u8, 2);
        writer.WriteRaw("data"u8, @event);

        if (@namespace is not null)
        {
            writer.WriteString("nsp"u8, @namespace);
        }
    }

    public static void WriteRaw(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, RawJson value)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }

    public static void WriteOptions(this Utf8JsonWriter writer, BroadcastOptions options)
    {
        writer.WriteStartObject("opts"u8);
        writer.WriteOptionFields(options);
        writer.WriteEndObject();
    }

    /// <summary>Whom a request is about, and what becomes of them.</summary>
    public static void WriteTarget(this Utf8JsonWriter writer, ClusterMessage message)
    {
        writer.WriteOptions(message.Options);

        if (message.Type is ClusterMessageType.SocketsJoin or ClusterMessageType.SocketsLeave)
        {
            writer.WriteRooms("rooms"u8, message.Rooms);
        }
        else if (message.Type == ClusterMessageType.DisconnectSockets)
        {
            writer.WriteBoolean("close"u8, message.Close);
        }
    }

    public static void WriteOptionFields(this Utf8JsonWriter writer, BroadcastOptions options)
    {
        writer.WriteRooms("rooms"u8, options.Rooms);
        writer.WriteRooms("except"u8, options.Except);
        writer.WriteStartObject("flags"u8);

        if (options.IsVolatile)
        {
            writer.WriteBoolean("volatile"u8, true);
        }

        if (!options.Compress)
        {
            writer.WriteBoolean("compress"u8, false);
        }

        if (options.Timeout is { } timeout)
        {
            // The timers of Node.js count so far, and take what is more for a millisecond.
            writer.WriteNumber("timeout"u8, (long)Math.Min(timeout.TotalMilliseconds, int.MaxValue));
        }

        writer.WriteEndObject();
    }

    public static void WriteRooms(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string> rooms)
    {
        writer.WriteStartArray(name);

        foreach (var room in rooms)
        {
            writer.WriteStringValue(room);
        }

        writer.WriteEndArray();
    }

    /// <summary>Sockets; the binary data that they hold is numbered through.</summary>
    public static void WriteSockets(this Utf8JsonWriter writer, IReadOnlyList<ClusterSocket> sockets)
    {
        var attachments = 0;
        writer.WriteStartArray("sockets"u8);

        foreach (var socket in sockets)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, socket.Id);
            writer.WriteRaw("handshake"u8, socket.Handshake);
            writer.WriteRooms("rooms"u8, socket.Rooms);
            writer.WritePropertyName("data"u8);
            writer.WriteNumbered(socket.Data, attachments);
            writer.WriteEndObject();
            attachments += socket.Data.Attachments.Count;
        }

        writer.WriteEndArray();
    }

    /// <summary>The binary data that a message holds, in the order of its placeholders.</summary>
    public static IReadOnlyList<byte[]> GetAttachments(ClusterMessage message) => message.Sockets.Count > 0
        ? [.. message.Sockets.SelectMany(static socket => socket.Data.Attachments)]
        : message.Event.Attachments.Count > 0 ? message.Event.Attachments : message.Answer.Attachments;

    private static void WriteNumbered(this Utf8JsonWriter writer, RawJson value, int first)
    {
        if (first == 0 || value.Attachments.Count == 0)
        {
            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
            return;
        }

        var reader = new Utf8JsonReader(value.Utf8.Span);
        WriteNumbered(writer, JsonElement.ParseValue(ref reader), first);
    }

    private static void WriteNumbered(Utf8JsonWriter writer, JsonElement value, int first)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.TryGetProperty("_placeholder"u8, out _) && value.TryGetProperty("num"u8, out var found) && found.ValueKind == JsonValueKind.Number && found.TryGetInt32(out var number):
                writer.WriteStartObject();
                writer.WriteBoolean("_placeholder"u8, true);
                writer.WriteNumber("num"u8, number + first);
                writer.WriteEndObject();
                break;

            case JsonValueKind.Object:
                writer.WriteStartObject();

                foreach (var property in value.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    WriteNumbered(writer, property.Value, first);
                }

                writer.WriteEndObject();
                break;

            case JsonValueKind.Array:
                writer.WriteStartArray();

                foreach (var item in value.EnumerateArray())
                {
                    WriteNumbered(writer, item, first);
                }

                writer.WriteEndArray();
                break;

            default:
                value.WriteTo(writer);
                break;
        }
    }
}
