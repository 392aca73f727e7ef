using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Salon.EngineIO.Requests;

/// <summary>Writes the response to a refused request: <c>{"code":1,"message":"Session ID unknown"}</c>.</summary>
internal static class EngineError
{
    public static Task WriteAsync(HttpContext context, EngineErrorCode code, string? message = null, int? statusCode = null)
    {
        if (context.RequestAborted.IsCancellationRequested || context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        var body = Encode(code, message ?? code.ToMessage());

        context.Response.StatusCode = statusCode ?? code.ToStatusCode();
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.Body.WriteAsync(body).AsTask();
    }

    private static byte[] Encode(EngineErrorCode code, string message)
    {
        using var output = new MemoryStream();

        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteNumber("code"u8, (int)code);
            json.WriteString("message"u8, message);
            json.WriteEndObject();
        }

        return output.ToArray();
    }
}
