using Microsoft.AspNetCore.WebUtilities;
using Npgsql;

namespace Salon.App.Hosting;

/// <summary>The PostgreSQL database that <c>DATABASE_URL</c> names.</summary>
/// <param name="Host">Where it is.</param>
/// <param name="Port">Its port.</param>
/// <param name="Database">Its name.</param>
/// <param name="Username">Who asks.</param>
/// <param name="Password">The password; <see langword="null"/> for none.</param>
/// <param name="SslMode">Whether TLS is used, and what is checked.</param>
/// <param name="RootCertificate">The file of the authority that the server's certificate must come from; <see langword="null"/> for the machine's.</param>
internal sealed record PostgresSettings(
    string Host,
    int Port,
    string Database,
    string Username,
    string? Password,
    SslMode SslMode,
    string? RootCertificate)
{
    /// <summary>How many connections a process holds at most; PostgreSQL itself takes 100 unless told otherwise.</summary>
    private const int MaxConnections = 20;

    private const int DefaultPort = 5432;

    /// <summary>Reads an address such as <c>postgres://user:password@host:5432/database?sslmode=require</c>.</summary>
    /// <exception cref="SettingsException">It is none. The message does not repeat it, since it holds a password.</exception>
    public static PostgresSettings Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            || parsed.Scheme is not ("postgres" or "postgresql")
            || parsed.Host.Length == 0
            || parsed.Port == 0
            || parsed.Fragment.Length > 0)
        {
            throw Wrong();
        }

        var user = parsed.UserInfo.Split(':', 2);
        var database = Uri.UnescapeDataString(parsed.AbsolutePath.TrimStart('/'));

        // Percent-encoded, anything may be in there.
        var hasControl = database.Any(char.IsControl) || Uri.UnescapeDataString(parsed.UserInfo).Any(char.IsControl);

        if (user[0].Length == 0 || database.Length == 0 || database.Contains('/') || hasControl)
        {
            throw Wrong();
        }

        var (sslMode, rootCertificate) = ParseQuery(parsed.Query);

        return new PostgresSettings(
            parsed.DnsSafeHost,
            parsed.Port < 0 ? DefaultPort : parsed.Port,
            database,
            Uri.UnescapeDataString(user[0]),
            user.Length == 2 ? Uri.UnescapeDataString(user[1]) : null,
            sslMode,
            rootCertificate);
    }

    /// <summary>The settings in the form that Npgsql takes.</summary>
    public string ToConnectionString() => new NpgsqlConnectionStringBuilder
    {
        Host = Host,
        Port = Port,
        Database = Database,
        Username = Username,
        Password = Password,
        SslMode = SslMode,
        RootCertificate = RootCertificate,
        ApplicationName = "Salon",
        MaxPoolSize = MaxConnections,
        Timeout = 5,
        CommandTimeout = 10,
        GssEncryptionMode = GssEncryptionMode.Disable,

        // Nothing is set that would outlive a transaction.
        NoResetOnClose = true,
    }.ConnectionString;

    // A record would write its password into every log that it comes into.
    public override string ToString() => $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}/{Database}";

    private static (SslMode SslMode, string? RootCertificate) ParseQuery(string query)
    {
        var sslMode = SslMode.Prefer;
        string? rootCertificate = null;

        foreach (var (name, value) in QueryHelpers.ParseQuery(query))
        {
            switch (name)
            {
                case "sslmode":
                    sslMode = ParseSslMode(value.ToString());
                    break;
                case "sslrootcert":
                    rootCertificate = ParseFile(value.ToString());
                    break;
                default:
                    throw new SettingsException($"DATABASE_URL has a parameter {Setting.Show(name)}; Salon knows sslmode and sslrootcert.");
            }
        }

        return (sslMode, rootCertificate);
    }

    private static SslMode ParseSslMode(string value) => value switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw new SettingsException("DATABASE_URL has an sslmode that is none of disable, allow, prefer, require, verify-ca, verify-full."),
    };

    private static string ParseFile(string value) => File.Exists(value)
        ? value
        : throw new SettingsException($"DATABASE_URL has an sslrootcert that is no file: {Setting.Show(value)}");

    private static SettingsException Wrong() => new(
        "DATABASE_URL must look like postgres://user:password@host:5432/database; in the password, what is neither a letter nor a digit is percent-encoded.");
}
