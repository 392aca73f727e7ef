using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;
using Salon.App.Hosting;

namespace Salon.App.Storage.Postgres;

/// <summary>Uses the database once before anything starts, so that what is wrong with it is said in one line.</summary>
internal static class PostgresStart
{
    /// <summary>Brings the tables up to date.</summary>
    /// <exception cref="SettingsException">The database cannot be used.</exception>
    public static void Prepare(PostgresSettings settings)
    {
        try
        {
            using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(settings.ToConnectionString()) { Pooling = false }.ToString());
            connection.Open();
            PostgresSchema.Upgrade(connection);
        }
        catch (PostgresException exception)
        {
            throw new SettingsException($"DATABASE_URL: PostgreSQL at {settings} refuses: {OneLine(exception.MessageText)}.");
        }
        catch (Exception exception) when (exception is NpgsqlException or SocketException or TimeoutException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingsException($"DATABASE_URL: PostgreSQL at {settings} cannot be reached: {OneLine(exception.GetBaseException().Message)}.");
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").TrimEnd('.');
}
