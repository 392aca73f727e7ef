using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Salon.App.Lab;

/// <summary>Where this process reaches itself.</summary>
internal static class OwnAddress
{
    /// <exception cref="LabException">It listens for nothing but TLS, or not over TCP.</exception>
    public static Uri Find(IServer server)
    {
        foreach (var address in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            if (Uri.TryCreate(address.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp)
            {
                return new UriBuilder(uri) { Host = ToReachable(uri.Host) }.Uri;
            }
        }

        throw LabException.Unsupported("The server does not listen for plain HTTP over TCP, so it cannot be its own client.");
    }

    // Who listens on every address is reached on that of the machine itself.
    private static string ToReachable(string host) => IPAddress.TryParse(host.Trim('[', ']'), out var address)
        ? address.Equals(IPAddress.Any) ? "127.0.0.1" : address.Equals(IPAddress.IPv6Any) ? "[::1]" : host
        : host;
}
