using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Salon.SocketIO.MessagePack;

/// <summary>
/// Any value as MessagePack and as JSON, for what programs tell each other: binary data is a placeholder in the JSON,
/// <c>{"_placeholder":true,"num":0}</c>, and an attachment beside it. Thread-safe.
/// </summary>
public static class MessagePackJson
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes a value.</summary>
    /// <param name="json">The value, in UTF-8.</param>
    /// <param name="attachments">What its placeholders stand for.</param>
    /// <param name="output">Where the MessagePack goes.</param>
    /// <exception cref="ArgumentException">It is not JSON.</exception>
    public static void Write(ReadOnlySpan<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> attachments, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(attachments);
        ArgumentNullException.ThrowIfNull(output);

        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            var writer = new MessagePackWriter(output);
            writer.WriteJson(document.RootElement, attachments);
        }
        catch (JsonException exception)
        {
            throw new ArgumentException("The value is not JSON.", nameof(json), exception);
        }
    }

    /// <summary>Reads one value, which must be all there is.</summary>
    /// <param name="data">The MessagePack.</param>
    /// <param name="json">The value, in memory of its own.</param>
    /// <param name="attachments">What its placeholders stand for.</param>
    /// <returns><see langword="false"/> when it cannot be read, or is nested too deeply.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, out ReadOnlyMemory<byte> json, out IReadOnlyList<byte[]> attachments) =>
        TryRead(data, int.MaxValue, out json, out attachments);

    internal static bool TryRead(ReadOnlySpan<byte> data, int maxAttachments, out ReadOnlyMemory<byte> json, out IReadOnlyList<byte[]> attachments)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(1, data.Length * 2));
        var found = new List<byte[]>();
        var reader = new MessagePackReader(data);
        using var writer = new Utf8JsonWriter(output, WriterOptions);

        (json, attachments) = (default, found);

        if (!JsonTranscoder.TryWrite(ref reader, writer, new AttachmentList(found, maxAttachments)) || !reader.IsAtEnd)
        {
            return false;
        }

        writer.Flush();
        json = output.WrittenMemory;
        return true;
    }
}
