using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Salon.SocketIO.Protocol;
using Salon.SocketIO.Recovery;

namespace Salon.SocketIO.Clustering;

/// <summary>Tells other servers of a socket, in the reference's words.</summary>
internal static class RemoteSocketWriter
{
    // What clients say of themselves may hold anything, and is for programs alone.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ClusterSocket Describe(Socket socket) =>
        new(socket.Id, [.. socket.Rooms], new RawJson(WriteHandshake(socket.Handshake), []), WriteData(socket.Codec, socket.State));

    private static byte[] WriteHandshake(Handshake handshake)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output, WriterOptions);

        writer.WriteStartObject();
        writer.WriteStartObject("headers"u8);

        foreach (var (name, value) in handshake.Headers)
        {
            // Node.js has the names in lower case, and programs look them up so.
            writer.WriteString(name.ToLowerInvariant(), value.ToString());
        }

        writer.WriteEndObject();
        writer.WriteString("time"u8, handshake.Issued.ToString("R", CultureInfo.InvariantCulture));
        writer.WriteString("address"u8, handshake.Address?.ToString());
        writer.WriteBoolean("xdomain"u8, handshake.XDomain);
        writer.WriteBoolean("secure"u8, handshake.Secure);
        writer.WriteNumber("issued"u8, handshake.Issued.ToUnixTimeMilliseconds());
        writer.WriteString("url"u8, handshake.Url);
        writer.WriteStartObject("query"u8);

        foreach (var (name, value) in handshake.Query)
        {
            writer.WriteString(name, value.ToString());
        }

        writer.WriteEndObject();
        writer.WritePropertyName("auth"u8);
        handshake.Auth.WriteTo(writer);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>What the app knows of a socket.</summary>
    public static RawJson WriteData(JsonCodec codec, RecoverableState state)
    {
        using var payload = PayloadBuilder.WriteValue(codec, state.CopyData());
        return new RawJson(payload.Json.ToArray(), [.. payload.Attachments.Select(static attachment => attachment.ToArray())]);
    }
}
