using System.Net;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Salon.EngineIO;

/// <summary>
/// What was known of the client when its session was opened: a copy, since the request itself is gone by then.
/// Immutable to its users, and safe to use from any thread.
/// </summary>
public sealed class EngineHandshake
{
    /// <summary>How long the path and query may be, as Kestrel's default has it for the whole line.</summary>
    private const int MaxUrlBytes = 8 * 1024;

    // Most handlers never ask for these, so they are made on demand; making one twice does no harm.
    private readonly byte[] _url;
    private QueryCollection? _query;
    private ClaimsPrincipal? _user;

    /// <summary>Describes the client of another server, by what that server told of it.</summary>
    /// <param name="url">The path and query.</param>
    /// <param name="headers">The headers; names are matched without regard to case.</param>
    /// <param name="remoteAddress">The client's address, if it is known.</param>
    /// <param name="isSecure">Whether the request came over TLS.</param>
    /// <param name="issued">When the session was opened.</param>
    public EngineHandshake(string url, IEnumerable<KeyValuePair<string, StringValues>> headers, IPAddress? remoteAddress, bool isSecure, DateTimeOffset issued)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(headers);

        _url = Encoding.UTF8.GetBytes(url);
        Headers = new HandshakeHeaders(headers);
        RemoteAddress = remoteAddress;
        IsSecure = isSecure;
        Issued = issued;
    }

    internal EngineHandshake(HttpContext context, DateTimeOffset issued, int maxHeaderBytes)
    {
        var request = context.Request;

        _url = Encoding.UTF8.GetBytes(request.PathBase.Add(request.Path).ToUriComponent() + request.QueryString.ToUriComponent());
        _user = context.Features.Get<IHttpAuthenticationFeature>()?.User;
        Headers = new HandshakeHeaders(request.Headers, maxHeaderBytes);
        RemoteAddress = context.Connection.RemoteIpAddress;
        IsSecure = request.IsHttps;
        Issued = issued;

        // What the client says by its query is looked up only where it may be there: nearly nobody says it.
        TakesTextOnly = request.QueryString.Value is { } query
            && ((query.Contains("b64=", StringComparison.Ordinal) && !string.IsNullOrEmpty(Query["b64"]))
                || (query.Contains("j=", StringComparison.Ordinal) && Query.ContainsKey("j") && Query["EIO"] is not [.., "4"]));
    }

    /// <summary>
    /// The headers of the handshake request, as far as <see cref="EngineIOOptions.MaxHandshakeHeaderBytes"/> allows; names are matched without regard to
    /// case. Each look reads them anew.
    /// </summary>
    public IReadOnlyDictionary<string, StringValues> Headers { get; }

    /// <summary>The path and query of the handshake request.</summary>
    public string Url => Encoding.UTF8.GetString(_url);

    /// <summary>The query of the handshake request, <c>EIO</c> and <c>transport</c> included.</summary>
    public IQueryCollection Query => _query ??= new QueryCollection(QueryHelpers.ParseQuery(Url.IndexOf('?', StringComparison.Ordinal) is >= 0 and var start ? Url[start..] : ""));

    /// <summary>The client's address; behind a proxy, the one that the forwarded-headers middleware found.</summary>
    public IPAddress? RemoteAddress { get; }

    /// <summary>Whether the request came over TLS.</summary>
    public bool IsSecure { get; }

    /// <summary>When the session was opened.</summary>
    public DateTimeOffset Issued { get; }

    /// <summary>The user that ASP.NET Core's authentication found in the handshake request; anonymous without it.</summary>
    public ClaimsPrincipal User => _user ??= new ClaimsPrincipal(new ClaimsIdentity());

    /// <summary>Whether the client has said that it can read nothing but text: binary data is sent to it as base64.</summary>
    internal bool TakesTextOnly { get; }

    /// <summary>Whether the request had an <c>Origin</c> header, that is, came from a page.</summary>
    public bool HasOrigin => Headers.ContainsKey("Origin");

    /// <summary>Whether the request's path and query are short enough to be kept.</summary>
    internal static bool IsShort(HttpRequest request) =>
        request.PathBase.ToUriComponent().Length + request.Path.ToUriComponent().Length + request.QueryString.ToUriComponent().Length <= MaxUrlBytes;
}
