using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;
using Salon.Http;

namespace Salon.App.Hosting;

/// <summary>One file of the browser side, embedded with its compressed twins. Immutable.</summary>
internal sealed class Asset
{
    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    private readonly byte[] _plain;
    private readonly byte[]? _brotli;
    private readonly byte[]? _gzip;
    private readonly string _contentType;
    private readonly string _cacheControl;
    private readonly EntityTagHeaderValue _etag;

    public Asset(string path, Func<string, byte[]?> read)
    {
        _plain = read(path) ?? throw new ArgumentException($"There is no {path}.", nameof(path));
        _brotli = read($"{path}.br");
        _gzip = read($"{path}.gz");
        _etag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(_plain))[..16]}\"");
        _contentType = GetContentType(path);

        // The names of what the build puts into assets/ change with the content.
        _cacheControl = path.StartsWith("assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
    }

    /// <summary>Answers a GET or HEAD, with 304 when the browser has this version.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);

        response.Headers.CacheControl = _cacheControl;
        response.Headers.ETag = _etag.ToString();

        if (_brotli is not null)
        {
            response.Headers.Vary = HeaderNames.AcceptEncoding;
        }

        if (EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known) && known.Any(tag => tag.Compare(_etag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (encoding, content) = AcceptedEncoding.Choose(request.Headers.AcceptEncoding) switch
        {
            AcceptedEncoding.Brotli when _brotli is not null => (AcceptedEncoding.Brotli, _brotli),
            AcceptedEncoding.GZip when _gzip is not null => (AcceptedEncoding.GZip, _gzip),
            _ => (null, _plain),
        };

        response.ContentType = _contentType;
        response.ContentLength = content.Length;
        response.Headers.ContentEncoding = encoding;

        if (HttpMethods.IsGet(request.Method))
        {
            await response.Body.WriteAsync(content);
        }
    }

    private static string GetContentType(string path)
    {
        var type = ContentTypes.TryGetContentType(path, out var found) ? found : "application/octet-stream";

        return type.StartsWith("text/", StringComparison.Ordinal) || type.EndsWith("json", StringComparison.Ordinal) || type.EndsWith("javascript", StringComparison.Ordinal)
            ? $"{type}; charset=utf-8"
            : type;
    }
}
