using Microsoft.AspNetCore.Http.Features;

namespace Salon.App.Lab.Traffic;

/// <summary>What is known of a request of HTTP/1.1 by itself, for a connection that nobody counted before it.</summary>
internal static class RequestSize
{
    /// <summary>Whether the connection has had no other: Kestrel numbers them, in hexadecimal.</summary>
    public static bool IsFirst(HttpRequest request) => request.HttpContext.TraceIdentifier.EndsWith(":00000001", StringComparison.Ordinal);

    /// <summary>How many bytes its line and its headers took, as browsers write them.</summary>
    public static long Of(HttpRequest request)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        long size = $"{request.Method} {target} HTTP/1.1\r\n\r\n".Length;

        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
            {
                size += name.Length + ": \r\n".Length + (value?.Length ?? 0);
            }
        }

        return size;
    }
}
