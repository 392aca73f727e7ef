using System.Buffers;
using System.Text.Encodings.Web;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Salon.SocketIO.MessagePack;

namespace Salon.SocketIO.Redis.Wire;

/// <summary>
/// What goes over Redis: JSON, or MessagePack where there is binary data or the other side wants it. Both are written by way of JSON, in
/// which binary data is a placeholder.
/// </summary>
internal static class WirePayload
{
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = 1000,
    };

    public static ReadOnlyMemory<byte> WriteJson<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        write(writer, state);
        writer.Flush();
        return output.WrittenMemory;
    }

    public static ReadOnlyMemory<byte> ToMessagePack(ReadOnlyMemory<byte> json, IReadOnlyList<byte[]> attachments)
    {
        var output = new ArrayBufferWriter<byte>(json.Length);
        MessagePackJson.Write(json.Span, [.. attachments.Select(static attachment => new ReadOnlyMemory<byte>(attachment))], output);
        return output.WrittenMemory;
    }

    /// <summary>Reads either form.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static (JsonElement Value, IReadOnlyList<byte[]> Attachments) Read(ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith("{"u8))
        {
            // What is no UTF-8 is replaced, as in JavaScript: it goes on to browsers, which would hang up.
            return (Parse(Utf8.IsValid(payload) ? payload : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(payload))), []);
        }

        return MessagePackJson.TryRead(payload, out var json, out var attachments)
            ? (Parse(json.Span), attachments)
            : throw new FormatException("The message is neither JSON nor MessagePack.");
    }

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
            var value = JsonElement.ParseValue(ref reader);
            return reader.Read() ? throw new FormatException("There is something behind the message.") : value;
        }
        catch (JsonException exception)
        {
            throw new FormatException("The message is not JSON.", exception);
        }
    }
}
