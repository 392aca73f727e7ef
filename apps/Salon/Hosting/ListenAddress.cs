using System.Net;
using System.Net.Sockets;

namespace Salon.App.Hosting;

/// <summary>
/// Where the app listens: exactly where <c>HOST</c> says. Kestrel takes a name that it does not know for "everywhere", so names become
/// addresses here.
/// </summary>
internal static class ListenAddress
{
    private const string Localhost = "localhost";

    /// <summary>Reads <c>HOST</c>: <c>localhost</c>, an address, or a name.</summary>
    /// <exception cref="SettingsException">It is something else.</exception>
    public static string Read(IConfiguration environment)
    {
        var value = Setting.ReadText(environment, "HOST") ?? Localhost;
        var isRight = IPAddress.TryParse(value, out var address)
            ? IsWritten(address, value)
            : Uri.CheckHostName(value) == UriHostNameType.Dns && value.Any(char.IsAsciiLetter);

        return isRight
            ? value
            : throw new SettingsException($"HOST must be an address or a name to listen on, such as 0.0.0.0, but is {Setting.Show(value)}.");
    }

    /// <summary>The addresses in the form that Kestrel takes.</summary>
    /// <exception cref="SettingsException">The name has no address.</exception>
    public static string[] Find(AppSettings settings)
    {
        if (settings.Host.Equals(Localhost, StringComparison.OrdinalIgnoreCase))
        {
            // "localhost" is two addresses, which cannot have the same free port.
            return [settings.Port == 0 ? "http://127.0.0.1:0" : settings.Url];
        }

        return [.. Resolve(settings.Host).Select(address => ToUrl(address.ToString(), settings.Port))];
    }

    public static string ToUrl(string host, int port) => $"http://{(host.Contains(':') ? $"[{host.Trim('[', ']')}]" : host)}:{port}";

    private static IPAddress[] Resolve(string host)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }

        try
        {
            return Dns.GetHostAddresses(host) is { Length: > 0 } addresses ? [.. addresses.Distinct()] : throw NoAddress(host);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw NoAddress(host);
        }
    }

    // An address has many spellings, such as 0, 1 or 0x7f.1, and not all are what they seem.
    private static bool IsWritten(IPAddress address, string value) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == value;

    private static SettingsException NoAddress(string host) => new($"HOST names {Setting.Show(host)}, which has no address.");
}
