using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Salon.SocketIO.Protocol;

/// <summary>Passes JSON through. Attachments get new numbers, since the packet that they leave in may hold others.</summary>
internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override bool HandleNull => true;

    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new RawJson(JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray(), AttachmentScope.Incoming);
    }

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) => Write(writer, value);

    public static void Write(Utf8JsonWriter writer, RawJson value)
    {
        if (value.Attachments is null or { Count: 0 })
        {
            writer.WriteRawValue(value.Utf8.IsEmpty ? "null"u8 : value.Utf8.Span, skipInputValidation: true);
            return;
        }

        var reader = new Utf8JsonReader(value.Utf8.Span);
        reader.Read();
        Rewrite(ref reader, writer, value);
    }

    private static void Rewrite(ref Utf8JsonReader reader, Utf8JsonWriter writer, RawJson source)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject when AttachmentScope.TryReadNumber(reader, out var number) && number < source.Attachments.Count:
                reader.Skip();
                AttachmentScope.Write(writer, source.Attachments[number]);
                break;

            case JsonTokenType.StartObject:
                writer.WriteStartObject();

                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    writer.WritePropertyName(reader.GetString()!);
                    reader.Read();
                    Rewrite(ref reader, writer, source);
                }

                writer.WriteEndObject();
                break;

            case JsonTokenType.StartArray:
                writer.WriteStartArray();

                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    Rewrite(ref reader, writer, source);
                }

                writer.WriteEndArray();
                break;

            default:
                writer.WriteRawValue(source.Utf8.Span[(int)reader.TokenStartIndex..(int)reader.BytesConsumed], skipInputValidation: true);
                break;
        }
    }
}
