using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Salon.Http;

namespace Salon.SocketIO.Admin.Pages;

/// <summary>The UI's files as they were embedded, compressed, when the library was built.</summary>
internal sealed class AdminFiles
{
    private readonly EntityTagHeaderValue _tag;

    public AdminFiles()
    {
        using var reader = new StreamReader(Open("version") ?? throw new InvalidOperationException("The library was built without the admin UI."));
        _tag = new EntityTagHeaderValue($"\"{reader.ReadToEnd()}\"");
    }

    public async Task ServeAsync(HttpContext context, string name)
    {
        var (request, response) = (context.Request, context.Response);

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return;
        }

        // The names under which files were embedded are not theirs.
        var isFile = name != "version" && Path.GetExtension(name) is not (".br" or ".gz");
        using var plain = isFile ? Open(name) : null;
        using var compressed = isFile && plain is null ? Open($"{name}.br") : null;

        if (plain is null && compressed is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        response.Headers.ETag = _tag.ToString();
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);

        if (EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known) && known.Any(tag => tag.Compare(_tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = GetContentType(name);
        await SendAsync(context, name, plain);
    }

    private static async Task SendAsync(HttpContext context, string name, Stream? plain)
    {
        var encoding = plain is null ? AcceptedEncoding.Choose(context.Request.Headers.AcceptEncoding) : null;
        await using var content = plain ?? Open(encoding == AcceptedEncoding.Brotli ? $"{name}.br" : $"{name}.gz")!;

        if (plain is null && encoding is null)
        {
            await using var expanded = new GZipStream(content, CompressionMode.Decompress);
            await WriteAsync(context, expanded);
            return;
        }

        context.Response.Headers.ContentEncoding = encoding;
        context.Response.ContentLength = content.Length;
        await WriteAsync(context, content);
    }

    private static Task WriteAsync(HttpContext context, Stream content) =>
        HttpMethods.IsGet(context.Request.Method) ? content.CopyToAsync(context.Response.Body, context.RequestAborted) : Task.CompletedTask;

    private static string GetContentType(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".woff2" => "font/woff2",
        _ => "application/octet-stream",
    };

    private static Stream? Open(string name) => typeof(AdminFiles).Assembly.GetManifestResourceStream($"ui/{name}");
}
