using System.Globalization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using Salon.Http;
using Salon.Supervision;

namespace Salon.EngineIO.Requests;

/// <summary>
/// Which pages may connect, and by which names: those of this origin, and those that the CORS policy allows. Also says so in the answers, as the
/// reference does. Thread-safe.
/// </summary>
internal sealed partial class OriginPolicy
{
    private const string Anybody = "cross-origin";
    private const string OnlyThisOrigin = "same-origin";

    private readonly CorsPolicy? _policy;
    private readonly HashSet<OriginName> _origins;
    private readonly HostRules _hosts;
    private readonly Guard _guard;
    private readonly ILogger _logger;
    private int _hasRefusedHost;

    public OriginPolicy(EngineIOOptions options, IServiceProvider services, Guard guard, ILogger logger)
    {
        _policy = options.Cors;
        _origins = [.. Parse(_policy?.Origins ?? [])];
        _hosts = new HostRules(options.AllowedHosts, services.GetService<IServer>);
        _guard = guard;
        _logger = logger;
    }

    /// <summary>Looks at a request before anything else does.</summary>
    /// <returns>What is wrong with it; <see langword="null"/> when it may go on.</returns>
    public (EngineErrorCode Code, string? Message)? Check(HttpContext context)
    {
        var request = context.Request;

        if (!_hosts.IsAllowed(request))
        {
            Refuse(request);
            return (EngineErrorCode.Forbidden, "Host not allowed");
        }

        switch (RequestOrigin.Check(request, IsAllowed))
        {
            case OriginVerdict.Allowed:
                return null;

            case OriginVerdict.Malformed:
                return (EngineErrorCode.BadRequest, null);

            default:
                if (_logger.IsEnabled(LogLevel.Debug))
                {
                    var (page, server) = RequestOrigin.Describe(request);
                    Log.ForeignOrigin(_logger, page, server);
                }

                return (EngineErrorCode.Forbidden, "Origin not allowed");
        }
    }

    /// <summary>Says which pages may read the answer, or include it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isWebSocket">Whether it asks for a WebSocket.</param>
    /// <returns>Whether the request was only a question (a preflight), which is answered now.</returns>
    public bool Apply(HttpContext context, bool isWebSocket)
    {
        var headers = context.Response.Headers;
        var origin = context.Request.Headers.Origin.ToString();
        var isAllowed = origin.Length > 0 && IsAllowed(origin);

        // No page includes a WebSocket.
        if (!isWebSocket)
        {
            headers[RequestOrigin.ResourcePolicyHeader] = isAllowed ? Anybody : OnlyThisOrigin;

            // What is text shall not be run as a script, whoever includes it.
            headers.XContentTypeOptions = "nosniff";
        }

        if (_policy is null)
        {
            return false;
        }

        if (!_policy.AllowAnyOrigin)
        {
            headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        }

        var isPreflight = HttpMethods.IsOptions(context.Request.Method);

        if (isAllowed)
        {
            headers.AccessControlAllowOrigin = _policy.AllowAnyOrigin ? CorsConstants.AnyOrigin : origin;

            if (_policy.SupportsCredentials)
            {
                headers.AccessControlAllowCredentials = "true";
            }

            if (isPreflight)
            {
                AnswerPreflight(_policy, context);
            }
            else if (_policy.ExposedHeaders.Count > 0)
            {
                headers.AccessControlExposeHeaders = string.Join(',', _policy.ExposedHeaders);
            }
        }

        return isPreflight && isAllowed;
    }

    private static void AnswerPreflight(CorsPolicy policy, HttpContext context)
    {
        var (request, response) = (context.Request.Headers, context.Response.Headers);

        response.AccessControlAllowMethods = policy.AllowAnyMethod
            ? request.AccessControlRequestMethod
            : string.Join(',', policy.Methods);

        if (policy.AllowAnyHeader)
        {
            response.Append(HeaderNames.Vary, HeaderNames.AccessControlRequestHeaders);
            response.AccessControlAllowHeaders = request.AccessControlRequestHeaders;
        }
        else if (policy.Headers.Count > 0)
        {
            response.AccessControlAllowHeaders = string.Join(',', policy.Headers);
        }

        if (policy.PreflightMaxAge is { } maxAge)
        {
            response.AccessControlMaxAge = maxAge.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static IEnumerable<OriginName> Parse(IEnumerable<string> origins)
    {
        foreach (var origin in origins)
        {
            if (OriginName.TryParse(origin, out var name))
            {
                yield return name;
            }
        }
    }

    private bool IsAllowed(string origin) => _policy is not null
        && (_policy.AllowAnyOrigin
            || Ask(_policy, origin)
            || (OriginName.TryParse(origin, out var name) && (_origins.Contains(name) || Ask(_policy, name.ToString()))));

    /// <summary>The application's own answer, if it has one.</summary>
    private bool Ask(CorsPolicy policy, string origin) =>
        _guard.Ask(nameof(EngineIOOptions.Cors), (policy, origin), static ask => ask.policy.IsOriginAllowed(ask.origin), otherwise: false);

    private void Refuse(HttpRequest request)
    {
        Log.ForeignHost(_logger, request.Host.Value);

        if (Volatile.Read(ref _hasRefusedHost) == 0 && Interlocked.Exchange(ref _hasRefusedHost, 1) == 0)
        {
            Log.HostsAreChecked(_logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "A request from {Page} was refused: this server is {Server}.", EventName = nameof(ForeignOrigin))]
        public static partial void ForeignOrigin(ILogger logger, string page, string server);

        [LoggerMessage(2, LogLevel.Debug, "A request for the host {Host} was refused.", EventName = nameof(ForeignHost))]
        public static partial void ForeignHost(ILogger logger, string? host);

        [LoggerMessage(3, LogLevel.Information, "A request was refused because of its header Host, which is not among AllowedHosts; a server on loopback answers to localhost only, unless told otherwise. It will not be said again.", EventName = nameof(HostsAreChecked))]
        public static partial void HostsAreChecked(ILogger logger);
    }
}
