using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Salon.Http;

namespace Salon.EngineIO;

/// <summary>Puts Engine.IO into an app's routes.</summary>
public static class EngineIOEndpointRouteBuilderExtensions
{
    /// <summary>Serves bare Engine.IO at a path.</summary>
    /// <param name="endpoints">The app.</param>
    /// <param name="path">The path that clients connect to, for example <c>/engine.io</c>.</param>
    /// <param name="createHandler">Creates the receiver of a session's messages. The session may be kept, to send.</param>
    /// <param name="configure">Changes the defaults.</param>
    /// <param name="conventions">
    /// Adds metadata to the endpoint, for example <c>RequireAuthorization</c>. It has some that opts out of request timeouts, output caching, rate
    /// limiting, antiforgery and HTTP logging, none of which is made for long polls and WebSockets; what is added here comes after it.
    /// </param>
    /// <param name="forwarder">
    /// Reaches the sessions of other servers, for proxies that send the requests of one session to any of them. Without one, a session that is not known
    /// here is unknown. It may serve one server only.
    /// </param>
    /// <returns>The server, which lives until the app stops.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is wrong; the message names each.</exception>
    public static EngineServer MapEngineIO(
        this IEndpointRouteBuilder endpoints,
        string path,
        Func<EngineSession, IEngineHandler> createHandler,
        Action<EngineIOOptions>? configure = null,
        Action<IEndpointConventionBuilder>? conventions = null,
        IRequestForwarder? forwarder = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(createHandler);

        var options = new EngineIOOptions();
        configure?.Invoke(options);

        var server = new EngineServer(options, createHandler, endpoints.ServiceProvider, forwarder);
        var pattern = path.TrimEnd('/');
        var builder = endpoints.Map($"{pattern}/{{**rest}}", server.HandleAsync).WithDisplayName($"Engine.IO {pattern}").AnswersDirectly();
        conventions?.Invoke(builder);
        return server;
    }
}
