using Microsoft.AspNetCore.Http;

namespace Salon.EngineIO.Requests;

/// <summary>Refuses requests: it is counted, told the app, and answered.</summary>
internal static class Refusals
{
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
}
