using System.Globalization;
using System.Text;
using Salon.App.Hosting;

namespace Salon.App.Storage.Sqlite;

/// <summary>
/// Keeps a second process from a directory: a lock of the operating system on a file in it, which ends with the process however that ends.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes a directory, and makes it when there is none.</summary>
    /// <exception cref="SettingsException">It cannot be used, or another process has it.</exception>
    public static DirectoryLock Take(string directory)
    {
        var path = Path.Combine(directory, "salon.lock");

        try
        {
            Directory.CreateDirectory(directory);
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            file.Flush();
            return new DirectoryLock(file);
        }
        catch (UnauthorizedAccessException)
        {
            throw new SettingsException($"DATA_DIR must be a directory that Salon may write to, but {directory} is not.");
        }
        catch (IOException exception)
        {
            throw new SettingsException(
                $"DATA_DIR {directory} is in use by another Salon, or cannot be written ({exception.Message}). "
                + "One SQLite file serves one process; several share a PostgreSQL: see DATABASE_URL.");
        }
    }

    public void Dispose() => _file.Dispose();
}
