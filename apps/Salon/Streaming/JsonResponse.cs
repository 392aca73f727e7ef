using System.IO.Compression;
using Microsoft.Net.Http.Headers;
using Salon.Http;

namespace Salon.App.Streaming;

/// <summary>Answers with JSON that is bytes already; compressed where the client asks and it pays.</summary>
internal static class JsonResponse
{
    // Less fits into one packet either way.
    private const int CompressionThreshold = 1024;

    public static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json)
    {
        var response = context.Response;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);

        if (json.Length >= CompressionThreshold && AcceptedEncoding.Choose(context.Request.Headers.AcceptEncoding) is { } encoding)
        {
            response.Headers.ContentEncoding = encoding;
            json = Compress(json, encoding);
        }

        response.ContentLength = json.Length;
        await response.BodyWriter.WriteAsync(json, context.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> json, string encoding)
    {
        using var output = new MemoryStream(json.Length / 4);

        using (Stream compressor = encoding == AcceptedEncoding.Brotli
            ? new BrotliStream(output, CompressionLevel.Fastest, leaveOpen: true)
            : new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            compressor.Write(json.Span);
        }

        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }
}
