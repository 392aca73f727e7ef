using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Salon.Http;

namespace Salon.SocketIO.Hosting;

/// <summary>One embedded file of the JavaScript client, compressed when the library was built. Immutable.</summary>
internal sealed class ClientFile(string name)
{
    private static readonly EntityTagHeaderValue ETag = new($"\"{ReadVersion()}\"");

    private readonly Lazy<byte[]> _brotli = new(() => Read($"{name}.br"));
    private readonly Lazy<byte[]> _gzip = new(() => Read($"{name}.gz"));

    /// <summary>Answers a GET or HEAD, with 304 when the client has this version.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        var response = context.Response;

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return;
        }

        response.Headers.CacheControl = "public, max-age=0";
        response.Headers.ETag = ETag.ToString();
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        response.Headers.XContentTypeOptions = "nosniff";

        // Pages of any site may include the client, which is the same for all.
        response.Headers[RequestOrigin.ResourcePolicyHeader] = "cross-origin";

        if (IsKnown(context.Request))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var encoding = AcceptedEncoding.Choose(context.Request.Headers.AcceptEncoding);
        var content = encoding switch
        {
            AcceptedEncoding.Brotli => _brotli.Value,
            AcceptedEncoding.GZip => _gzip.Value,
            _ => Expand(_gzip.Value),
        };

        response.ContentType = name.EndsWith(".map", StringComparison.Ordinal) ? "application/json; charset=utf-8" : "application/javascript; charset=utf-8";
        response.Headers.ContentEncoding = encoding;
        response.ContentLength = content.Length;

        if (HttpMethods.IsGet(context.Request.Method))
        {
            await response.Body.WriteAsync(content);
        }
    }

    private static bool IsKnown(HttpRequest request) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(static tag => tag.Compare(ETag, useStrongComparison: false) || tag.Tag == "*");

    private static byte[] Expand(byte[] compressed)
    {
        using var input = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var output = new MemoryStream();
        input.CopyTo(output);
        return output.ToArray();
    }

    private static string ReadVersion() => System.Text.Encoding.ASCII.GetString(Read("version")).Trim();

    private static byte[] Read(string resource)
    {
        using var stream = typeof(ClientFile).Assembly.GetManifestResourceStream($"client/{resource}")
            ?? throw new InvalidOperationException($"The library was built without client/{resource}.");

        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
