using System.Globalization;

namespace Salon.App.Hosting;

/// <summary>The Redis that the nodes of a cluster share.</summary>
/// <param name="Url">Its address, with the password: <c>redis://:password@host:6379</c>.</param>
/// <param name="IsPublic">Whether programs outside of Salon may read and write what is said.</param>
/// <param name="LogsBus">Whether what goes from node to node is logged.</param>
internal sealed record RedisSettings(string Url, bool IsPublic = true, bool LogsBus = false)
{
    private const int DefaultPort = 6379;

    private static readonly string[] Parts = ["REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD"];

    /// <summary>Reads <c>REDIS_URL</c>, or <c>REDIS_HOST</c> with what belongs to it.</summary>
    /// <returns><see langword="null"/> when none of them is set.</returns>
    /// <exception cref="SettingsException">A value is wrong, or two contradict each other.</exception>
    public static RedisSettings? Read(IConfiguration environment) => ReadAddress(environment) is { } settings
        ? settings with { IsPublic = ReadSwitch(environment, "PUBLIC_BUS", isOn: true), LogsBus = ReadSwitch(environment, "LOG_BUS", isOn: false) }
        : null;

    private static bool ReadSwitch(IConfiguration environment, string name, bool isOn) => environment[name] switch
    {
        null or "" => isOn,
        "on" => true,
        "off" => false,
        var other => throw new SettingsException($"{name} must be on or off, but is {Setting.Show(other)}."),
    };

    private static RedisSettings? ReadAddress(IConfiguration environment)
    {
        var part = Parts.FirstOrDefault(name => !string.IsNullOrEmpty(environment[name]));

        if (environment["REDIS_URL"] is { Length: > 0 } url)
        {
            return part is null
                ? Parse(url)
                : throw new SettingsException($"REDIS_URL and {part} are both set. Unset one of them: the address holds everything.");
        }

        if (part is null)
        {
            return null;
        }

        return environment["REDIS_HOST"] is { Length: > 0 } host
            ? Join(host, environment["REDIS_PORT"], environment["REDIS_PASSWORD"])
            : throw new SettingsException($"{part} is set, but REDIS_HOST is not.");
    }

    // A record would write its password into every log that it comes into.
    public override string ToString() => new Uri(Url).GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    private static RedisSettings Parse(string url)
    {
        var isRight = Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            && parsed.Scheme is "redis" or "rediss"
            && parsed.Host.Length > 0
            && parsed.Port != 0
            && IsDatabase(parsed.AbsolutePath)
            && parsed.Query.Length == 0
            && parsed.Fragment.Length == 0;

        return isRight
            ? new RedisSettings(url)
            : throw new SettingsException(
                "REDIS_URL must look like redis://:password@host:6379, or rediss://… for TLS; in the password, what is neither a letter nor a digit is percent-encoded.");
    }

    private static bool IsDatabase(string path) =>
        path is "" or "/" || int.TryParse(path[1..], NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static RedisSettings Join(string host, string? port, string? password)
    {
        var kind = Uri.CheckHostName(host);

        if (kind == UriHostNameType.Unknown)
        {
            throw new SettingsException($"REDIS_HOST must be a name or an address, but is {Setting.Show(host)}.");
        }

        var number = DefaultPort;

        if (!string.IsNullOrEmpty(port)
            && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number is 0 or > ushort.MaxValue))
        {
            throw new SettingsException($"REDIS_PORT must be a number from 1 to 65535, but is {Setting.Show(port)}.");
        }

        var user = string.IsNullOrEmpty(password) ? "" : $":{Uri.EscapeDataString(password)}@";
        return new RedisSettings($"redis://{user}{(kind == UriHostNameType.IPv6 ? $"[{host.Trim('[', ']')}]" : host)}:{number}");
    }
}
