using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>Requests and responses as messages, and back.</summary>
internal static class ForwardedHttp
{
    /// <summary>What belongs to one connection and not to the message (RFC 9110, section 7.6.1), or is said by the other side's own server.</summary>
    private static readonly HashSet<string> LeftOut = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Connection,
        HeaderNames.ContentLength,
        HeaderNames.Date,
        HeaderNames.Expect,
        HeaderNames.KeepAlive,
        HeaderNames.Server,
        HeaderNames.TE,
        HeaderNames.Trailer,
        HeaderNames.TransferEncoding,
        HeaderNames.Upgrade,
    };

    public static ForwardMessage ToMessage(HttpRequest request, ReadOnlyMemory<byte> body, string self, ulong id) => new(ForwardKind.Request, self, id)
    {
        Request = new RequestHead(
            request.Method,
            request.Scheme,
            request.Host.Value ?? "",
            request.PathBase.Add(request.Path).Value ?? "",
            request.QueryString.Value ?? "",
            request.HttpContext.Connection.RemoteIpAddress?.ToString() ?? ""),
        Headers = CopyHeaders(request.Headers),
        Body = body,
    };

    public static ForwardMessage ToMessage(HttpResponse response, ReadOnlyMemory<byte> body, string self, ulong id) => new(ForwardKind.Answer, self, id)
    {
        Status = response.StatusCode,
        Headers = CopyHeaders(response.Headers),
        Body = body,
    };

    /// <summary>Makes a request of a message, with a response that goes where it is told.</summary>
    public static HttpContext ToContext(ForwardMessage message, Stream response, IServiceProvider services, CancellationToken aborted)
    {
        var head = message.Request!;
        var headers = new HeaderDictionary(message.Headers.Count + 2);

        foreach (var (name, value) in message.Headers)
        {
            headers.Append(name, value);
        }

        headers[HeaderNames.Host] = head.Host;
        headers.ContentLength = message.Body.Length > 0 ? message.Body.Length : null;

        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = head.Method,
            Scheme = head.Scheme,
            Path = head.Path,
            QueryString = head.QueryString,
            Protocol = "HTTP/1.1",
            Headers = headers,
            Body = OpenBody(message.Body),
        });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(response));
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = aborted });
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature
        {
            RemoteIpAddress = IPAddress.TryParse(head.RemoteAddress, out var address) ? address : null,
        });

        return new DefaultHttpContext(features) { RequestServices = services };
    }

    /// <summary>Writes an answer as the response to the request that it belongs to.</summary>
    public static Task WriteAsync(ForwardMessage answer, HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;

        foreach (var (name, value) in answer.Headers)
        {
            if (string.Equals(name, HeaderNames.Vary, StringComparison.OrdinalIgnoreCase))
            {
                // This server's check of origins has its own.
                response.Headers.Append(name, value);
            }
            else if (!LeftOut.Contains(name))
            {
                response.Headers[name] = value;
            }
        }

        response.ContentLength = answer.Body.Length;
        return answer.Body.IsEmpty ? Task.CompletedTask : response.Body.WriteAsync(answer.Body).AsTask();
    }

    private static MemoryStream OpenBody(ReadOnlyMemory<byte> body) => MemoryMarshal.TryGetArray(body, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(body.ToArray(), writable: false);

    private static KeyValuePair<string, string>[] CopyHeaders(IHeaderDictionary headers) =>
    [
        .. from header in headers
           where !LeftOut.Contains(header.Key) && !string.Equals(header.Key, HeaderNames.Host, StringComparison.OrdinalIgnoreCase)
           select new KeyValuePair<string, string>(header.Key, Join(header.Key, header.Value)),
    ];

    // Cookies are joined by another sign than all other headers (RFC 6265, section 5.4).
    private static string Join(string name, StringValues values) => values.Count == 1
        ? values.ToString()
        : string.Join(string.Equals(name, HeaderNames.Cookie, StringComparison.OrdinalIgnoreCase) ? "; " : ", ", values.ToArray());
}
