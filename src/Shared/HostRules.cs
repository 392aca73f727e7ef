using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
// By name: a web project has the namespace already, and a library has not.
using BindingAddress = Microsoft.AspNetCore.Http.BindingAddress;
using HttpRequest = Microsoft.AspNetCore.Http.HttpRequest;

namespace Salon.Http;

/// <summary>
/// Which names a server answers to. A page can give its own name the address of a server that only its visitor reaches (DNS rebinding): to the
/// browser the two are one site then, and only the name in <c>Host</c> tells. Immutable, but for what it has learnt of ports; thread-safe.
/// </summary>
/// <param name="allowed">
/// The names, each of which <see cref="IsRule"/> holds for. None: where the server listens on loopback only, the names of this machine to itself, and
/// elsewhere any.
/// </param>
/// <param name="server">Finds the server, once requests arrive; <see langword="null"/> when there is none.</param>
internal sealed class HostRules(IEnumerable<string> allowed, Func<IServer?> server)
{
    private const string Any = "*";
    private const string AnyBelow = "*.";

    private readonly string[] _rules = [.. allowed.Select(Normalize)];
    private readonly ConcurrentDictionary<int, bool> _isLoopback = new();

    // The last that was allowed: all clients of a server name it alike, and every request of long-polling asks.
    private volatile Known? _known;

    /// <summary>Whether something can be a rule: a name, an address, <c>*.example.com</c> for all names below one, or <c>*</c> for all.</summary>
    public static bool IsRule(string? rule)
    {
        if (rule is null or Any)
        {
            return rule is not null;
        }

        var name = rule.StartsWith(AnyBelow, StringComparison.Ordinal) ? rule[AnyBelow.Length..] : rule;
        var isAddress = IPAddress.TryParse(name.StartsWith('[') && name.EndsWith(']') ? name[1..^1] : name, out _);

        return isAddress ? name == rule : Uri.CheckHostName(name.TrimEnd('.')) == UriHostNameType.Dns;
    }

    /// <summary>Whether a request's <c>Host</c> is one of this server's.</summary>
    public bool IsAllowed(HttpRequest request)
    {
        if (!request.Host.HasValue)
        {
            // HTTP/1.0, which no browser speaks.
            return true;
        }

        if (_known is { } known && known.Host == request.Host.Value && (known.Port is not { } port || port == request.HttpContext.Connection.LocalPort))
        {
            return true;
        }

        var host = OriginName.Normalize(request.Host.Host);

        // Nobody can give these names to another site.
        if (IsLoopback(host) || Array.Exists(_rules, rule => Matches(rule, host)))
        {
            _known = new Known(request.Host.Value, Port: null);
            return true;
        }

        if (_rules.Length > 0 || IsOnLoopback(request))
        {
            return false;
        }

        _known = new Known(request.Host.Value, request.HttpContext.Connection.LocalPort);
        return true;
    }

    private static bool IsLoopback(string host) => IPAddress.TryParse(host, out var address)
        ? IPAddress.IsLoopback(address)
        : host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal);

    private static bool Matches(string rule, string host) =>
        rule == Any || (rule.StartsWith(AnyBelow, StringComparison.Ordinal) ? host.EndsWith(rule[1..], StringComparison.Ordinal) : rule == host);

    private static string Normalize(string rule) =>
        rule.StartsWith(AnyBelow, StringComparison.Ordinal) ? AnyBelow + OriginName.Normalize(rule[AnyBelow.Length..]) : OriginName.Normalize(rule);

    /// <summary>Whether this port, by which the request came, is open to this machine only.</summary>
    private bool IsOnLoopback(HttpRequest request)
    {
        var connection = request.HttpContext.Connection;

        if (connection.LocalIpAddress is null)
        {
            // A Unix socket, or a server within the process: no page has a way there but through a program of ours.
            return false;
        }

        return _isLoopback.GetOrAdd(connection.LocalPort, static (port, server) => IsOnLoopback(port, server()), server);
    }

    private static bool IsOnLoopback(int port, IServer? server)
    {
        var addresses = server?.Features.Get<IServerAddressesFeature>()?.Addresses
            .Where(static address => !address.Contains("://unix:", StringComparison.OrdinalIgnoreCase))
            .Select(BindingAddress.Parse)
            .Where(address => address.Port == port)
            .Select(static address => OriginName.Normalize(address.Host))
            .ToList();

        return addresses is { Count: > 0 } && addresses.TrueForAll(IsLoopback);
    }

    /// <param name="Host">What a request may name.</param>
    /// <param name="Port">By which port; <see langword="null"/> when it does not matter.</param>
    private sealed record Known(string Host, int? Port);
}
