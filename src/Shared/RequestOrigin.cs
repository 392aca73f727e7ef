// By this name, since a web project has the namespace already and a library has not.
using HttpRequest = Microsoft.AspNetCore.Http.HttpRequest;

namespace Salon.Http;

/// <summary>
/// Which page a request comes from. Browsers do not apply CORS to WebSockets, and hide nothing from a page that includes a script, so whoever
/// has something to protect looks here, at every request; otherwise any page could speak for its visitor.
/// </summary>
internal static class RequestOrigin
{
    /// <summary>The header by which an answer says which pages may include it (<see href="https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header"/>).</summary>
    public const string ResourcePolicyHeader = "Cross-Origin-Resource-Policy";

    private const string FetchSite = "Sec-Fetch-Site";

    /// <summary>Looks at the header <c>Origin</c>, and where it is missing at <c>Sec-Fetch-Site</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isAllowed">Which other origins are welcome; none by default.</param>
    public static OriginVerdict Check(HttpRequest request, Func<string, bool>? isAllowed = null)
    {
        var origins = request.Headers.Origin;

        if (origins.Count == 0)
        {
            return IsFetchedFromHere(request) ? OriginVerdict.Allowed : OriginVerdict.Foreign;
        }

        string? origin = origins;

        if (origin is null)
        {
            return OriginVerdict.Malformed;
        }

        if (IsSame(request, origin) || isAllowed?.Invoke(origin) == true)
        {
            return OriginVerdict.Allowed;
        }

        return origin == "null" || Uri.TryCreate(origin, UriKind.Absolute, out _) ? OriginVerdict.Foreign : OriginVerdict.Malformed;
    }

    /// <summary>What a refused request said of its page and was compared with, for the log.</summary>
    public static (string Page, string Server) Describe(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        var page = origins.Count > 0 ? origins.ToString() : $"{FetchSite}: {request.Headers[FetchSite]}";

        return (page, $"{request.Scheme}://{request.Host.Value}");
    }

    /// <summary>
    /// Browsers send no <c>Origin</c> with what a page includes (scripts, images, frames) nor with links. Those that know <c>Sec-Fetch-Site</c> say
    /// there whose page it was. "same-site" is another origin too, and a link from elsewhere has no business at an address for programs.
    /// </summary>
    private static bool IsFetchedFromHere(HttpRequest request)
    {
        var site = request.Headers[FetchSite];

        return site.Count == 0 || (site.Count == 1 && site[0] is "same-origin" or "none");
    }

    private static bool IsSame(HttpRequest request, string origin)
    {
        if (!OriginName.TryParse(origin, out var page))
        {
            // Some programs name the host alone.
            return !IsBrowser(request)
                && OriginName.TryParse($"{request.Scheme}://{origin}", out page)
                && OriginName.TryParse($"{request.Scheme}://{request.Host.Value}", out var bare)
                && page == bare;
        }

        if (!OriginName.TryParse($"{request.Scheme}://{request.Host.Value}", out var server) || page.Host != server.Host)
        {
            return false;
        }

        if (page.Scheme == server.Scheme && page.Port == server.Port)
        {
            return true;
        }

        // No page has such an origin: it is a program that made one of the address it connects to.
        var isInvented = page.Scheme is "ws" or "wss" || !IsBrowser(request);

        return isInvented && IsSamePort(page, server);
    }

    /// <summary>Whether two ports are one when the scheme of one of them is not to be trusted.</summary>
    private static bool IsSamePort(OriginName page, OriginName server)
    {
        var port = server.Port ?? OriginName.DefaultPort(server.Scheme);

        // "http://host" of a connection to wss://host means its own port, whichever that is called.
        return page.Port is { } given ? given == port : port is 80 or 443;
    }

    /// <summary>
    /// Whether the request is a browser's. All of them call themselves Mozilla, which no page can change, and over TLS or on this machine the current
    /// ones say whose request it is.
    /// </summary>
    private static bool IsBrowser(HttpRequest request)
    {
        var headers = request.Headers;

        return headers.UserAgent.ToString().Contains("Mozilla/", StringComparison.OrdinalIgnoreCase)
            || headers.ContainsKey(FetchSite)
            || headers.ContainsKey("Sec-Fetch-Mode")
            || headers.ContainsKey("Sec-Fetch-Dest")
            || headers.ContainsKey("Sec-CH-UA");
    }
}
