using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Salon.Http;

namespace Salon.EngineIO.Requests;

/// <summary>Refuses requests: it is counted, told the app, and answered.</summary>
internal static partial class Refusals
{
    private const string RetryAfterSeconds = "5";

    // RFC 9457. The clients look at the status only; this is for people.
    private static readonly ReadOnlyMemory<byte> Full =
        """{"title":"Service Unavailable","status":503,"detail":"There are as many connections as there may be. Try again in a moment."}"""u8.ToArray();

    private static readonly ReadOnlyMemory<byte> Busy =
        """{"title":"Service Unavailable","status":503,"detail":"There is too much to do. Try again in a moment."}"""u8.ToArray();

    private static readonly ReadOnlyMemory<byte> NoRoom =
        """{"title":"Service Unavailable","status":503,"detail":"So many large requests are being read that there is no room for this one. Try again in a moment."}"""u8.ToArray();

    public static Task RefuseAsync(this EngineServer server, HttpContext context, EngineErrorCode code, string? message = null, int? statusCode = null)
    {
        server.OnRefused(context, code, message ?? code.ToMessage());
        return EngineError.WriteAsync(context, code, message, statusCode);
    }

    /// <summary>Polling has two methods.</summary>
    public static Task RefuseMethodAsync(this EngineServer server, HttpContext context)
    {
        context.Response.Headers.Allow = "GET, POST";
        return server.RefuseAsync(context, EngineErrorCode.BadRequest, statusCode: StatusCodes.Status405MethodNotAllowed);
    }

    /// <summary>There is no place for another session.</summary>
    public static Task RefusePlaceAsync(this EngineServer server, HttpContext context, AddressVerdict verdict)
    {
        var isTotal = verdict == AddressVerdict.TooManyInTotal;

        if (server.Metrics.OnFull(isTotal))
        {
            Log.Full(server.Logger, isTotal ? nameof(EngineIOOptions.MaxConnections) : nameof(EngineIOOptions.MaxConnectionsPerAddress));
        }

        return WriteUnavailableAsync(context, Full, RetryAfterSeconds);
    }

    /// <summary>There is so much to do that the client is to come back later.</summary>
    public static Task RefuseTurnAsync(this EngineServer server, HttpContext context)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return Task.CompletedTask;
        }

        server.Metrics.OnCrowded();
        return WriteUnavailableAsync(context, Busy, RetryAfterSeconds);
    }

    /// <summary>So much is being read from clients that there is no room for more.</summary>
    public static Task WriteNoRoomAsync(HttpContext context) => WriteUnavailableAsync(context, NoRoom, RetryAfterSeconds);

    /// <summary>Answers that it is to be tried again.</summary>
    /// <param name="context">The request.</param>
    /// <param name="problem">What is told, as JSON.</param>
    /// <param name="retryAfter">In how many seconds.</param>
    public static Task WriteUnavailableAsync(HttpContext context, ReadOnlyMemory<byte> problem, string retryAfter)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/problem+json";
        context.Response.ContentLength = problem.Length;
        context.Response.Headers.RetryAfter = retryAfter;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.Body.WriteAsync(problem).AsTask();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "A connection was refused, since there are as many as {Option} allows; it will be said again in a minute at the earliest.", EventName = nameof(Full))]
        public static partial void Full(ILogger logger, string option);
    }
}
