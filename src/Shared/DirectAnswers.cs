using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.RateLimiting;
// By name: a web project has the namespaces already, and a library has not.
using HttpContext = Microsoft.AspNetCore.Http.HttpContext;
using IEndpointConventionBuilder = Microsoft.AspNetCore.Builder.IEndpointConventionBuilder;

namespace Salon.Http;

/// <summary>
/// Endpoints whose answers go straight to one client, each when its time has come: long polls, event streams, WebSockets. What middleware does to
/// usual requests breaks them, so they opt out of it. Authorization is not among it: who may connect is the app's to say.
/// </summary>
internal static class DirectAnswers
{
    /// <summary>
    /// Opts out of timeouts (a poll waits), output caching (two clients would get one session), rate limits by request (polls are many), antiforgery
    /// (origins are checked), and HTTP logging (addresses and bodies hold what is secret). What the app adds later to the same endpoint counts.
    /// </summary>
    public static TBuilder AnswersDirectly<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(static endpoint =>
        {
            endpoint.Metadata.Add(new DisableRequestTimeoutAttribute());
            endpoint.Metadata.Add(new OutputCacheAttribute { NoStore = true });
            endpoint.Metadata.Add(new DisableRateLimitingAttribute());
            endpoint.Metadata.Add(new RequireAntiforgeryTokenAttribute(required: false));
            endpoint.Metadata.Add(new HttpLoggingAttribute(HttpLoggingFields.None));
        });
        return builder;
    }

    /// <summary>Opts out of response compression, which holds back what is small: the one middleware without metadata for it.</summary>
    public static void DisableCompression(HttpContext context)
    {
        var headers = context.Request.Headers;
        var accepted = headers.AcceptEncoding;

        if (accepted.Count == 0 || context.Features.Get<IHttpsCompressionFeature>() is not { } compression)
        {
            return;
        }

        // Counts over TLS only. Elsewhere the middleware chooses an encoding when it is first asked for anything, and keeps to that; so it is asked now,
        // when there seems to be none to choose from.
        compression.Mode = HttpsCompressionMode.DoNotCompress;
        headers.AcceptEncoding = default;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        headers.AcceptEncoding = accepted;
    }
}
