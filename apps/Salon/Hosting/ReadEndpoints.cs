namespace Salon.App.Hosting;

/// <summary>Endpoints that are read: by GET, and by HEAD, which is answered alike but for the body. Other methods get 405 with <c>Allow</c>.</summary>
internal static class ReadEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static IEndpointConventionBuilder MapRead(this IEndpointRouteBuilder endpoints, string pattern, RequestDelegate handler) =>
        endpoints.MapMethods(pattern, Methods, handler);

    /// <inheritdoc cref="MapRead(IEndpointRouteBuilder, string, RequestDelegate)"/>
    public static IEndpointConventionBuilder MapRead(this IEndpointRouteBuilder endpoints, string pattern, Delegate handler) =>
        endpoints.MapMethods(pattern, Methods, handler);

    /// <summary>Makes an endpoint that takes any method one that is read.</summary>
    public static void IsRead(this IEndpointConventionBuilder endpoint) => endpoint.WithMetadata(new HttpMethodMetadata(Methods));

    /// <summary>Whether a client wants to know only how an answer would begin.</summary>
    public static bool IsHead(this HttpContext context) => HttpMethods.IsHead(context.Request.Method);
}
