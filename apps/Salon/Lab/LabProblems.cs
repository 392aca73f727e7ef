using System.Globalization;

namespace Salon.App.Lab;

/// <summary>Tells clients what is wrong, as a problem document (RFC 9457).</summary>
internal static class LabProblems
{
    public static Task WriteAsync(HttpContext context, LabException exception)
    {
        if (exception.RetryAfter is { } retryAfter)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return Results.Problem(exception.Message, statusCode: exception.Status, extensions: new Dictionary<string, object?> { ["code"] = exception.Code }).ExecuteAsync(context);
    }
}
