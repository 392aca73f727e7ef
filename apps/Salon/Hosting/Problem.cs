using System.Globalization;

namespace Salon.App.Hosting;

/// <summary>Tells clients what is wrong with a request, as a problem document (RFC 9457).</summary>
internal static class Problem
{
    /// <param name="context">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">By what programs tell problems apart.</param>
    /// <param name="detail">What people read.</param>
    /// <param name="retryAfter">When it makes sense to try again.</param>
    public static Task WriteAsync(HttpContext context, int status, string code, string detail, TimeSpan? retryAfter = null)
    {
        var headers = context.Response.Headers;

        if (retryAfter is { } time)
        {
            headers.RetryAfter = Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (status == StatusCodes.Status426UpgradeRequired)
        {
            // RFC 9110 section 15.5.22: the answer says to what. Here it is never anything else.
            headers.Upgrade = "websocket";
            headers.SecWebSocketVersion = "13";
        }

        return Results.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?> { ["code"] = code }).ExecuteAsync(context);
    }
}
