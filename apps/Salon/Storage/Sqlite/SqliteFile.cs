using Microsoft.Data.Sqlite;
using Salon.App.Hosting;

namespace Salon.App.Storage.Sqlite;

/// <summary>The file in <c>DATA_DIR</c>, which no other process may use. Made once, disposed last. Thread-safe.</summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly string _path;
    private readonly DirectoryLock _lock;

    private SqliteFile(string path, DirectoryLock @lock)
    {
        _path = path;
        _lock = @lock;
    }

    /// <summary>Takes the directory, and brings the file's tables up to date.</summary>
    /// <exception cref="SettingsException">The directory cannot be used, or another process uses it.</exception>
    public static SqliteFile Open(string directory)
    {
        SQLitePCL.Batteries_V2.Init();
        var file = new SqliteFile(Path.Combine(directory, "salon.db"), DirectoryLock.Take(directory));

        try
        {
            using var connection = file.OpenForWriting();
            SqliteSchema.Upgrade(connection);
            return file;
        }
        catch (SqliteException exception)
        {
            file.Dispose();
            throw new SettingsException($"DATA_DIR {directory} holds a database that cannot be opened ({exception.Message}).");
        }
        catch (SettingsException)
        {
            file.Dispose();
            throw;
        }
    }

    public SqliteConnection OpenForReading() => Open(SqliteOpenMode.ReadOnly);

    /// <summary>Opens a connection that writes. A commit has reached the disk when it returns.</summary>
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
}
