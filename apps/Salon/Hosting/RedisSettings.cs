using System.Globalization;
using System.Text.RegularExpressions;
using Salon.Redis;

namespace Salon.App.Hosting;

/// <summary>The Redis that the nodes of a cluster share.</summary>
/// <param name="Options">Where it is, with the password.</param>
/// <param name="Prefix">What the names of all keys and channels begin with, so that another app can use the same Redis; empty for nothing.</param>
/// <param name="IsPublic">Whether programs outside of Salon may read and write what is said.</param>
/// <param name="LogsBus">Whether what goes from node to node is logged.</param>
internal sealed partial record RedisSettings(RedisOptions Options, string Prefix = "", bool IsPublic = true, bool LogsBus = false)
{
    /// <summary>For who wants a URL first and the options then.</summary>
    public const string AnyUrl = "redis://localhost";

    private const int DefaultPort = 6379;

    private static readonly string[] Parts = ["REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD"];
    private static readonly string[] Others = ["REDIS_PREFIX", "REDIS_SENTINEL_PASSWORD"];

    /// <summary>Reads <c>REDIS_URL</c>, or <c>REDIS_HOST</c> with what belongs to it.</summary>
    /// <returns><see langword="null"/> when none of them is set.</returns>
    /// <exception cref="SettingsException">A value is wrong, or two contradict each other.</exception>
    public static RedisSettings? Read(IConfiguration environment)
    {
        if (ReadAddress(environment) is not var (options, name))
        {
            return Others.FirstOrDefault(name => !string.IsNullOrEmpty(environment[name])) is { } other
                ? throw new SettingsException($"{other} is set, but neither REDIS_URL nor REDIS_HOST is.")
                : null;
        }

        return new RedisSettings(
            ReadSentinelPassword(options, environment["REDIS_SENTINEL_PASSWORD"]),
            ReadPrefix(environment["REDIS_PREFIX"], options.Database, name),
            ReadSwitch(environment, "PUBLIC_BUS", isOn: true),
            ReadSwitch(environment, "LOG_BUS", isOn: false));
    }

    /// <summary>The name of a key or channel, with the prefix if there is one.</summary>
    public string NameOf(string name) => Prefix.Length == 0 ? name : $"{Prefix}:{name}";

    // A record would write its password into every log that it comes into.
    public override string ToString() => Options.ToString();

    private static bool ReadSwitch(IConfiguration environment, string name, bool isOn) => environment[name] switch
    {
        null or "" => isOn,
        "on" => true,
        "off" => false,
        var other => throw new SettingsException($"{name} must be on or off, but is {Setting.Show(other)}."),
    };

    /// <returns>The address, and the setting that names it.</returns>
    private static (RedisOptions Options, string Name)? ReadAddress(IConfiguration environment)
    {
        var part = Parts.FirstOrDefault(name => !string.IsNullOrEmpty(environment[name]));

        if (environment["REDIS_URL"] is { Length: > 0 } url)
        {
            return part is null
                ? (Parse(url), "REDIS_URL")
                : throw new SettingsException($"REDIS_URL and {part} are both set. Unset one of them: the address holds everything.");
        }

        if (part is null)
        {
            return null;
        }

        return environment["REDIS_HOST"] is { Length: > 0 } host
            ? (Join(host, environment["REDIS_PORT"], environment["REDIS_PASSWORD"]), "REDIS_HOST")
            : throw new SettingsException($"{part} is set, but REDIS_HOST is not.");
    }

    private static RedisOptions Parse(string url)
    {
        try
        {
            return RedisOptions.Parse(url);
        }
        catch (FormatException exception)
        {
            // It quotes nothing of the address.
            throw new SettingsException($"REDIS_URL must look like redis://:password@host:6379, or rediss://… for TLS. {exception.Message}");
        }
    }

    private static RedisOptions Join(string host, string? port, string? password)
    {
        // By the parser of addresses, so that there is one idea of what a host is.
        var isIPv6 = Uri.CheckHostName(host) == UriHostNameType.IPv6;
        var name = isIPv6 ? $"[{host.Trim('[', ']')}]" : host;

        if (host.AsSpan().ContainsAny("/@,") || (!isIPv6 && host.Contains(':')) || !TryParse($"redis://{name}", out var options))
        {
            throw new SettingsException($"REDIS_HOST must be a name or an address, but is {Setting.Show(host)}.");
        }

        var number = DefaultPort;

        if (!string.IsNullOrEmpty(port)
            && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number is 0 or > ushort.MaxValue))
        {
            throw new SettingsException($"REDIS_PORT must be a number from 1 to 65535, but is {Setting.Show(port)}.");
        }

        return options with
        {
            EndPoints = [new(options.EndPoints[0].Host, number)],
            Password = string.IsNullOrEmpty(password) ? null : password,
        };
    }

    private static bool TryParse(string url, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RedisOptions? options)
    {
        try
        {
            options = RedisOptions.Parse(url);
            return true;
        }
        catch (FormatException)
        {
            options = null;
            return false;
        }
    }

    private static RedisOptions ReadSentinelPassword(RedisOptions options, string? password)
    {
        if (string.IsNullOrEmpty(password))
        {
            return options;
        }

        return options.SentinelMaster is null
            ? throw new SettingsException("REDIS_SENTINEL_PASSWORD is set, but REDIS_URL is none of sentinels, such as redis+sentinel://:password@host:26379/master.")
            : options with { SentinelPassword = password };
    }

    private static string ReadPrefix(string? prefix, int database, string addressName)
    {
        if (string.IsNullOrEmpty(prefix))
        {
            // Private rooms would be heard by whoever uses another database.
            return database == 0
                ? ""
                : throw new SettingsException($"{addressName} names database {database}, but databases of Redis do not part channels: set REDIS_PREFIX to a name for this app, or leave the database out.");
        }

        return PrefixName().IsMatch(prefix)
            ? prefix
            : throw new SettingsException($"REDIS_PREFIX must have 1 to 64 letters, digits, dots, hyphens or underscores, but is {Setting.Show(prefix)}.");
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex PrefixName();
}
