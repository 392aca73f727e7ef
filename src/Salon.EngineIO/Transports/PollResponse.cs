using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Salon.EngineIO.Protocol;
using Salon.Http;

namespace Salon.EngineIO.Transports;

/// <summary>Writes queued messages as the response to a poll, compressed when that pays.</summary>
internal static class PollResponse
{
    public static Task WriteAsync(HttpContext context, List<EngineMessage> messages, int? jsonpIndex, int? compressionThreshold)
    {
        var payload = Encode(messages);
        var response = context.Response;

        response.ContentType = "text/plain; charset=UTF-8";
        response.Headers.CacheControl = "no-store";

        if (jsonpIndex is { } index)
        {
            payload = JsonpPayload.Wrap(index, payload.Span);
            response.ContentType = "text/javascript; charset=UTF-8";

            // A script that some page includes must not be taken for anything else.
            response.Headers.XContentTypeOptions = "nosniff";
        }

        if (payload.Length >= compressionThreshold && messages.Exists(static message => message.Compress))
        {
            payload = Compress(context, payload);
        }

        response.ContentLength = payload.Length;
        return response.Body.WriteAsync(payload).AsTask();
    }

    private static ReadOnlyMemory<byte> Encode(List<EngineMessage> messages)
    {
        var output = new ArrayBufferWriter<byte>(messages.Sum(static message => message.IsBinary
            ? PayloadWriter.BinaryLength(message.Body.Length) + 1
            : message.Body.Length + 1));

        var writer = new PayloadWriter(output);

        foreach (var message in messages)
        {
            if (message.IsBinary)
            {
                writer.WriteBinary(message.Body.Span);
            }
            else
            {
                writer.WriteText(message.Body.Span);
            }
        }

        return output.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> Compress(HttpContext context, ReadOnlyMemory<byte> payload)
    {
        var response = context.Response.Headers;
        response.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);

        var encoding = AcceptedEncoding.Choose(context.Request.Headers.AcceptEncoding);

        if (encoding is null)
        {
            return payload;
        }

        response.ContentEncoding = encoding;
        using var output = new MemoryStream(payload.Length / 2);

        using (Stream compressor = encoding == AcceptedEncoding.Brotli
            ? new BrotliStream(output, CompressionLevel.Fastest, leaveOpen: true)
            : new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            compressor.Write(payload.Span);
        }

        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }
}
