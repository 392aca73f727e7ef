using System.Globalization;
using System.Text.RegularExpressions;
using Salon.App.Stocks;

namespace Salon.App.Hosting;

/// <summary>What the environment says. Read once, before anything starts.</summary>
/// <param name="Host">The address to listen on; <c>localhost</c> reaches no further than this machine.</param>
/// <param name="Port">The port to listen on; 0 for any that is free.</param>
/// <param name="DataDirectory">Where the SQLite database is.</param>
/// <param name="Postgres">The database to use instead; <see langword="null"/> for SQLite.</param>
/// <param name="Redis">What connects this process with others; <see langword="null"/> when it is alone.</param>
/// <param name="NodeId">The name of this process among others.</param>
/// <param name="Admin">Who may administer the server; <see langword="null"/> for nobody.</param>
/// <param name="Stocks">Where the trades of the stock market come from.</param>
/// <param name="StreamsPerAddress">How many streams of the stocks one address may have open.</param>
internal sealed partial record AppSettings(
    string Host,
    int Port,
    string DataDirectory,
    PostgresSettings? Postgres,
    RedisSettings? Redis,
    string NodeId,
    AdminSettings? Admin,
    StocksSettings Stocks,
    int StreamsPerAddress = AppSettings.DefaultStreamsPerAddress)
{
    private const int DefaultStreamsPerAddress = 2_000;

    /// <summary>Reads the settings.</summary>
    /// <exception cref="SettingsException">A value is wrong.</exception>
    public static AppSettings Read(IConfiguration environment) => new(
        ReadHost(environment["HOST"]),
        ReadPort(environment["PORT"]),
        Path.GetFullPath(environment["DATA_DIR"] is { Length: > 0 } directory ? directory : "data"),
        environment["DATABASE_URL"] is { Length: > 0 } url ? PostgresSettings.Parse(url) : null,
        RedisSettings.Read(environment),
        ReadNodeId(environment["NODE_ID"]),
        ReadAdmin(environment["ADMIN_USERNAME"], environment["ADMIN_PASSWORD"]),
        StocksSettings.Read(environment),
        ReadStreams(environment["STREAMS_PER_ADDRESS"]));

    /// <summary>The address in the form that Kestrel takes.</summary>
    public string Url => $"http://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}";

    private static string ReadHost(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "localhost";
        }

        var kind = Uri.CheckHostName(value);

        return kind == UriHostNameType.Unknown
            ? throw new SettingsException($"HOST must be an address or a name to listen on, such as 0.0.0.0, but is \"{value}\".")
            : value;
    }

    private static string ReadNodeId(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            // Several processes of one machine need a name each.
            return $"{Environment.MachineName}-{Guid.NewGuid().ToString("N")[..6]}";
        }

        return NodeName().IsMatch(value)
            ? value
            : throw new SettingsException($"NODE_ID must have 1 to 64 letters, digits, dots, hyphens or underscores, but is \"{value}\".");
    }

    private static AdminSettings? ReadAdmin(string? username, string? password)
    {
        if (string.IsNullOrEmpty(password))
        {
            return null;
        }

        return password.Length >= AdminSettings.MinPasswordLength
            ? new AdminSettings(string.IsNullOrEmpty(username) ? "admin" : username, password)
            : throw new SettingsException($"ADMIN_PASSWORD must have at least {AdminSettings.MinPasswordLength} characters.");
    }

    private static int ReadPort(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return 3000;
        }

        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue
            ? port
            : throw new SettingsException($"PORT must be a number from 0 to 65535, but is \"{value}\".");
    }

    private static int ReadStreams(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return DefaultStreamsPerAddress;
        }

        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var streams) && streams is >= 1 and <= StocksDoor.Streams
            ? streams
            : throw new SettingsException($"STREAMS_PER_ADDRESS must be a number from 1 to {StocksDoor.Streams}, but is \"{value}\".");
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex NodeName();
}
