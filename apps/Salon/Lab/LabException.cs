using Salon.App.Hosting;

namespace Salon.App.Lab;

/// <summary>Every way in which the lab says no; <see cref="LabEndpoints"/> makes problem documents (RFC 9457) of them.</summary>
internal sealed class LabException(int status, string code, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public int Status => status;

    /// <summary>By what clients tell errors apart.</summary>
    public string Code => code;

    public TimeSpan? RetryAfter => retryAfter;

    public Task WriteAsync(HttpContext context) => Problem.WriteAsync(context, status, code, Message, retryAfter);

    public static LabException UnknownRun(bool isCluster) => new(
        StatusCodes.Status404NotFound,
        "unknown_run",
        isCluster
            ? "This node has no such run. A run lives on one node: the load balancer has to send a page always to the same one (sticky sessions)."
            : "There is no such run: runs end two minutes after the last who asked for them.");

    public static LabException TooManyRuns => new(
        StatusCodes.Status503ServiceUnavailable, "too_many_runs", $"There are {LabLimits.Runs} runs already. Try again in a moment.", TimeSpan.FromSeconds(30));

    public static LabException TooManyConnections => new(
        StatusCodes.Status429TooManyRequests, "too_many_connections", $"A run may have {LabLimits.ConnectionsPerRun} connections at a time.");

    public static LabException RateLimited(TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, "rate_limited", "Too much at once. Wait a moment.", retryAfter);

    public static LabException Invalid(string name, string message) => new(StatusCodes.Status400BadRequest, $"invalid_{name}", message);

    public static LabException ForeignOrigin => new(StatusCodes.Status403Forbidden, "foreign_origin", "Pages of other sites may not use the lab.");

    public static LabException NotAWebSocket => new(StatusCodes.Status426UpgradeRequired, "not_a_websocket", "This address is for WebSockets.");

    public static LabException BadSignature => new(
        StatusCodes.Status401Unauthorized, "bad_signature", "The signature is not that of a webhook on its way.");

    public static LabException NotRegistered => new(
        StatusCodes.Status409Conflict, "not_registered", "Nobody is registered to be told: PUT the address first.");

    public static LabException Busy => new(
        StatusCodes.Status409Conflict, "busy", "The processor time of another run is being measured. Try again in half a minute.", TimeSpan.FromSeconds(30));

    public static LabException Unsupported(string message) => new(StatusCodes.Status501NotImplemented, "unsupported", message);
}
