using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Salon.Http;
using Salon.SocketIO.Hosting;

namespace Salon.SocketIO;

/// <summary>Puts Socket.IO into an app's routes.</summary>
public static class SocketIOEndpointRouteBuilderExtensions
{
    /// <summary>Serves Socket.IO, and the JavaScript client, at a path.</summary>
    /// <param name="endpoints">The app, to whose services the server was added by <c>AddSocketIO</c>.</param>
    /// <param name="path">The path that clients connect to. Theirs is <c>/socket.io</c> too, unless they are told otherwise.</param>
    /// <param name="conventions">
    /// Adds metadata to the endpoint, for example <c>RequireAuthorization</c>. It has some that opts out of request timeouts, output caching, rate
    /// limiting, antiforgery and HTTP logging, none of which is made for long polls and WebSockets; what is added here comes after it.
    /// </param>
    /// <returns>The server, on which namespaces and handlers are registered.</returns>
    /// <exception cref="InvalidOperationException"><c>AddSocketIO</c> was not called, or the server is mapped already.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is wrong; the message names each.</exception>
    /// <example><code>
    /// var io = app.MapSocketIO();
    /// io.OnConnection(socket => socket.On("echo", (string text, Ack ack) => ack.SendAsync(text)));
    /// </code></example>
    public static SocketIOServer MapSocketIO(
        this IEndpointRouteBuilder endpoints,
        string path = "/socket.io",
        Action<IEndpointConventionBuilder>? conventions = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(path);

        var server = endpoints.ServiceProvider.GetService<SocketIOServer>()
            ?? throw new InvalidOperationException("Call builder.Services.AddSocketIO() before app.MapSocketIO().");

        var trimmed = "/" + path.Trim('/');
        server.OnMapped(trimmed);

        var builder = endpoints.Map($"{trimmed.TrimEnd('/')}/{{**rest}}", context => HandleAsync(server, context))
            .WithDisplayName($"Socket.IO {trimmed}")
            .AnswersDirectly();
        conventions?.Invoke(builder);
        return server;
    }

    private static Task HandleAsync(SocketIOServer server, HttpContext context)
    {
        if (server.Options.ServeClient && context.Request.RouteValues["rest"] is string name && ClientBundle.Find(name) is { } file)
        {
            return server.Engine.ApplyCors(context) ? Task.CompletedTask : file.ServeAsync(context);
        }

        return server.Engine.HandleAsync(context);
    }
}
