using System.Globalization;
using Microsoft.Data.Sqlite;
using Salon.App.Hosting;

namespace Salon.App.Storage;

/// <summary>
/// The SQLite file and the lock that keeps a second process from it. Made once, disposed last. Connections for reading may be opened from
/// any thread; the one for writing belongs to the <see cref="WriteQueue"/>.
/// </summary>
internal sealed class Database : IDisposable
{
    private readonly string _path;
    private readonly FileStream _lock;

    /// <summary>Takes the directory, and brings the file's schema up to date.</summary>
    /// <exception cref="SettingsException">The directory cannot be used, or another process uses it.</exception>
    public Database(AppSettings settings)
    {
        SQLitePCL.Batteries_V2.Init();
        _lock = Lock(settings.DataDirectory);
        _path = Path.Combine(settings.DataDirectory, "salon.db");

        using var connection = OpenForWriting();
        Schema.Upgrade(connection);
    }

    public SqliteConnection OpenForReading() => Open(SqliteOpenMode.ReadOnly);

    /// <summary>Opens the connection that writes. A commit has reached the disk when it returns.</summary>
    public SqliteConnection OpenForWriting()
    {
        var connection = Open(SqliteOpenMode.ReadWriteCreate);
        using var command = connection.CreateCommand();

        // Write-ahead logging lets readers read while somebody writes; "full" makes each commit durable, also when the power fails.
        command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
        command.ExecuteNonQuery();
        return connection;
    }

    public void Dispose() => _lock.Dispose();

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Mode = mode }.ToString());
        connection.Open();
        return connection;
    }

    private static FileStream Lock(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var file = new FileStream(Path.Combine(directory, "salon.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            file.Flush();
            return file;
        }
        catch (UnauthorizedAccessException)
        {
            throw new SettingsException($"DATA_DIR must be a directory that Salon may write to, but {directory} is not.");
        }
        catch (IOException exception)
        {
            throw new SettingsException(
                $"DATA_DIR {directory} is in use by another Salon, or cannot be written ({exception.Message}). One SQLite file serves one process.");
        }
    }
}
