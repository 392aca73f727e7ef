using System.Globalization;

namespace Salon.App.Hosting;

/// <summary>What the environment says. Read once, before anything starts.</summary>
/// <param name="Host">The address to listen on; <c>localhost</c> reaches no further than this machine.</param>
/// <param name="Port">The port to listen on; 0 for any that is free.</param>
/// <param name="DataDirectory">Where the database is.</param>
/// <param name="NodeId">The name of this process among others.</param>
/// <param name="Admin">Who may administer the server; <see langword="null"/> for nobody.</param>
internal sealed record AppSettings(string Host, int Port, string DataDirectory, string NodeId, AdminSettings? Admin)
{
    private static readonly string[] NotYet = ["REDIS_URL", "REDIS_HOST", "DATABASE_URL"];

    /// <summary>Reads the settings.</summary>
    /// <exception cref="SettingsException">A value is wrong.</exception>
    public static AppSettings Read(IConfiguration environment)
    {
        foreach (var name in NotYet)
        {
            if (!string.IsNullOrEmpty(environment[name]))
            {
                throw new SettingsException($"{name} is set, but this version of Salon runs as one process with SQLite. Unset it to start.");
            }
        }

        return new AppSettings(
            ReadHost(environment["HOST"]),
            ReadPort(environment["PORT"]),
            Path.GetFullPath(environment["DATA_DIR"] is { Length: > 0 } directory ? directory : "data"),
            environment["NODE_ID"] is { Length: > 0 } node ? node : Environment.MachineName,
            ReadAdmin(environment["ADMIN_USERNAME"], environment["ADMIN_PASSWORD"]));
    }

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
}
