using System.Text.RegularExpressions;
using Salon.App.Stocks;
using Salon.SocketIO.Admin;

namespace Salon.App.Hosting;

/// <summary>What the environment says. Read once, before anything starts.</summary>
/// <param name="Host">The address to listen on; <c>localhost</c> reaches no further than this machine.</param>
/// <param name="AllowedHosts">The names that the app answers to; none for what goes with <paramref name="Host"/>.</param>
/// <param name="Port">The port to listen on; 0 for any that is free.</param>
/// <param name="DataDirectory">Where the SQLite database is.</param>
/// <param name="Postgres">The database to use instead; <see langword="null"/> for SQLite.</param>
/// <param name="Redis">What connects this process with others; <see langword="null"/> when it is alone.</param>
/// <param name="NodeId">The name of this process among others.</param>
/// <param name="Admin">Who may administer the server; <see langword="null"/> for nobody.</param>
/// <param name="StatusToken">What opens the whole status; <see langword="null"/> when nobody may see it.</param>
/// <param name="Stocks">Where the trades of the stock market come from.</param>
/// <param name="StreamsPerAddress">How many streams of the stocks one address may have open.</param>
internal sealed partial record AppSettings(
    string Host,
    IReadOnlyList<string> AllowedHosts,
    int Port,
    string DataDirectory,
    PostgresSettings? Postgres,
    RedisSettings? Redis,
    string NodeId,
    AdminSettings? Admin,
    StatusToken? StatusToken,
    StocksSettings Stocks,
    int StreamsPerAddress = AppSettings.DefaultStreamsPerAddress)
{
    private const int DefaultStreamsPerAddress = 2_000;

    /// <summary>Reads the settings.</summary>
    /// <exception cref="SettingsException">A value is wrong.</exception>
    public static AppSettings Read(IConfiguration environment) => new(
        ListenAddress.Read(environment),
        AllowedHostsSetting.Read(environment["ALLOWED_HOSTS"]),
        Setting.ReadNumber(environment, "PORT", usual: 3000, least: 0, most: ushort.MaxValue),
        Path.GetFullPath(Setting.ReadText(environment, "DATA_DIR") ?? "data"),
        Setting.ReadText(environment, "DATABASE_URL", isSecret: true) is { } url ? PostgresSettings.Parse(url) : null,
        RedisSettings.Read(environment),
        ReadNodeId(Setting.ReadText(environment, "NODE_ID")),
        ReadAdmin(
            Setting.ReadText(environment, "ADMIN_USERNAME"),
            Setting.ReadText(environment, "ADMIN_PASSWORD", isSecret: true),
            ReadAdminMode(Setting.ReadText(environment, "ADMIN_MODE"))),
        StatusToken.Read(environment),
        StocksSettings.Read(environment),
        Setting.ReadNumber(environment, "STREAMS_PER_ADDRESS", DefaultStreamsPerAddress, least: 1, most: StocksDoor.Streams));

    /// <summary>The address in the form that Kestrel takes.</summary>
    public string Url => ListenAddress.ToUrl(Host, Port);

    private static string ReadNodeId(string? value)
    {
        if (value is null)
        {
            // Several processes of one machine need a name each.
            return $"{Environment.MachineName}-{Guid.NewGuid().ToString("N")[..6]}";
        }

        return NodeName().IsMatch(value)
            ? value
            : throw new SettingsException($"NODE_ID must have 1 to 64 letters, digits, dots, hyphens or underscores, but is {Setting.Show(value)}.");
    }

    private static AdminSettings? ReadAdmin(string? username, string? password, AdminMode mode)
    {
        if (password is null)
        {
            return null;
        }

        return password.Length >= AdminSettings.MinPasswordLength
            ? new AdminSettings(username ?? "admin", password, mode)
            : throw new SettingsException($"ADMIN_PASSWORD must have at least {AdminSettings.MinPasswordLength} characters.");
    }

    private static AdminMode ReadAdminMode(string? value) => value switch
    {
        null or "production" => AdminMode.Production,
        "development" => AdminMode.Development,
        _ => throw new SettingsException($"ADMIN_MODE must be production or development, but is {Setting.Show(value)}."),
    };

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex NodeName();
}
