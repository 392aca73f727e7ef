using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Salon.EngineIO.Requests;

/// <summary>
/// Which pages may connect: those of this origin, and those that the CORS policy allows. Browsers do not apply CORS to WebSockets, so
/// the check is made here, on every request and exactly (scheme, host and port); otherwise any page could speak for its visitor.
/// </summary>
internal sealed class OriginPolicy(CorsPolicy? policy)
{
    private readonly CorsService _cors = new(Options.Create(new CorsOptions()), NullLoggerFactory.Instance);

    public OriginVerdict Check(HttpRequest request)
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

        return IsSameOrigin(request, origin) || IsAllowed(origin) ? OriginVerdict.Allowed : OriginVerdict.Foreign;
    }

    /// <summary>Adds the headers that let the page read the response.</summary>
    /// <returns>Whether the request was only a question (a preflight), which is answered now.</returns>
    public bool Apply(HttpContext context)
    {
        if (policy is null)
        {
            return false;
        }

        var result = _cors.EvaluatePolicy(context, policy);
        _cors.ApplyResult(result, context.Response);

        if (result.IsPreflightRequest)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }

        return result.IsPreflightRequest;
    }

    private bool IsAllowed(string origin) => policy is not null && (policy.AllowAnyOrigin || policy.IsOriginAllowed(origin));

    private static bool IsSameOrigin(HttpRequest request, string origin)
    {
        // Browsers leave the default port out of an origin, but a proxy may put it into the host.
        var host = request.Host.Port is 80 or 443 && IsDefaultPort(request) ? request.Host.Host : request.Host.Value;

        return string.Equals(origin, $"{request.Scheme}://{host}", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsDefaultPort(HttpRequest request) => request.Host.Port == (request.IsHttps ? 443 : 80);
}
