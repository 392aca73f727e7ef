// By this name, since a web project has the namespace already and a library has not.
using HttpRequest = Microsoft.AspNetCore.Http.HttpRequest;

namespace Salon.Http;

/// <summary>
/// Which page a request comes from. Browsers do not apply CORS to WebSockets, so whoever accepts them looks here, on every handshake and
/// exactly (scheme, host and port); otherwise any page could speak for its visitor.
/// </summary>
internal static class RequestOrigin
{
    /// <summary>Looks at the header <c>Origin</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isAllowed">Which other origins are welcome; none by default.</param>
    public static OriginVerdict Check(HttpRequest request, Func<string, bool>? isAllowed = null)
    {
        var origins = request.Headers.Origin;

        if (origins.Count == 0)
        {
            // Not a page: browsers send the header with every WebSocket, POST and cross-origin GET.
            return OriginVerdict.Allowed;
        }

        string? origin = origins;

        if (origin is null || (origin != "null" && !Uri.TryCreate(origin, UriKind.Absolute, out _)))
        {
            return OriginVerdict.Malformed;
        }

        return IsSame(request, origin) || isAllowed?.Invoke(origin) == true ? OriginVerdict.Allowed : OriginVerdict.Foreign;
    }

    private static bool IsSame(HttpRequest request, string origin)
    {
        // Browsers leave the default port out of an origin, but a proxy may put it into the host.
        var host = request.Host.Port is 80 or 443 && IsDefaultPort(request) ? request.Host.Host : request.Host.Value;

        return string.Equals(origin, $"{request.Scheme}://{host}", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsDefaultPort(HttpRequest request) => request.Host.Port == (request.IsHttps ? 443 : 80);
}
