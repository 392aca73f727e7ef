using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Salon.EngineIO.Protocol;
using Salon.Http;

namespace Salon.EngineIO.Transports;

/// <summary>Writes queued messages as the response to a poll, compressed when that pays.</summary>
internal static class PollResponse
{
    public static Task WriteAsync(HttpContext context, int protocol, List<EngineMessage> messages, int? jsonpIndex, int? compressionThreshold)
    {
        var isBinary = false;
        var payload = protocol == 3 ? PollPayload.EncodeVersion3(messages, out isBinary) : PollPayload.Encode(messages);
        var response = context.Response;

        response.ContentType = isBinary ? "application/octet-stream" : "text/plain; charset=UTF-8";
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
