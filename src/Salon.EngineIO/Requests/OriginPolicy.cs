using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Salon.Http;

namespace Salon.EngineIO.Requests;

/// <summary>Which pages may connect: those of this origin, and those that the CORS policy allows.</summary>
internal sealed class OriginPolicy(CorsPolicy? policy)
{
    private readonly CorsService _cors = new(Options.Create(new CorsOptions()), NullLoggerFactory.Instance);

    public OriginVerdict Check(HttpRequest request) => RequestOrigin.Check(request, IsAllowed);

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
}
