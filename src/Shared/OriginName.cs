using System.Net;
using System.Text;

namespace Salon.Http;

/// <summary>
/// An origin in one spelling, so that two can be compared: without case, a default port, a trailing slash or dot, a path; names as they travel
/// (punycode). Browsers write origins like this; people and other programs do not.
/// </summary>
/// <param name="Scheme">In lower case.</param>
/// <param name="Host">In lower case, without brackets and trailing dot.</param>
/// <param name="Port">The port; <see langword="null"/> for the scheme's own.</param>
internal readonly record struct OriginName(string Scheme, string Host, int? Port)
{
    /// <summary>Reads an origin, or any address for the origin in it.</summary>
    /// <returns><see langword="false"/> when it names no host, or a user as well.</returns>
    public static bool TryParse(string? text, out OriginName origin)
    {
        origin = default;

        // Without the slashes, "host:80" would be the scheme "host".
        if (text is null
            || !text.Contains("://", StringComparison.Ordinal)
            || !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.UserInfo.Length > 0
            || uri.IdnHost is not { Length: > 0 } host)
        {
            return false;
        }

        origin = new OriginName(uri.Scheme, Normalize(host), uri.Port < 0 || uri.Port == DefaultPort(uri.Scheme) ? null : uri.Port);
        return true;
    }

    /// <summary>Puts a host, without port, into the one spelling.</summary>
    public static string Normalize(string host)
    {
        var name = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;

        if (IPAddress.TryParse(name, out var address))
        {
            return address.ToString();
        }

        // ASP.NET Core decodes the punycode of Host.
        var travelling = !Ascii.IsValid(name) && Uri.TryCreate($"http://{name}", UriKind.Absolute, out var uri) ? uri.IdnHost : name;
        return travelling.TrimEnd('.').ToLowerInvariant();
    }

    /// <summary>The port that an address of this scheme means when it names none; 0 where that is not known.</summary>
    public static int DefaultPort(string scheme) => scheme switch
    {
        "http" or "ws" => 80,
        "https" or "wss" => 443,
        _ => 0,
    };

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Scheme}://{(Host.Contains(':') ? $"[{Host}]" : Host)}{(Port is { } port ? $":{port}" : "")}";
}
