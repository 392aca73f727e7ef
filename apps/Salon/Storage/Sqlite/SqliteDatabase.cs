using Dapper;
using Microsoft.Data.Sqlite;

namespace Salon.App.Storage.Sqlite;

/// <summary>
/// What features do with the file: readers side by side, each with a connection of its own, and writers one after the other on the one
/// connection that writes, which the lock guards. Thread-safe; every call keeps its thread until it is done.
/// </summary>
internal sealed class SqliteDatabase(SqliteFile file, Availability availability) : IDatabase, IDisposable
{
    private readonly Lock _writing = new();
    private SqliteConnection? _writer;

    /// <summary>Reads. Everything that is read is of one moment.</summary>
    /// <exception cref="StorageException">It could not be read.</exception>
    public T Read<T>(Func<SqliteTransaction, T> read) => Guard(() =>
    {
        using var connection = file.OpenForReading();
        using var transaction = connection.BeginTransaction(deferred: true);

        return read(transaction);
    });

    /// <summary>Writes, all or nothing; it is on the disk when this returns.</summary>
    /// <exception cref="StorageException">Nothing was written.</exception>
    public T Write<T>(Func<SqliteTransaction, T> write) => Guard(() =>
    {
        lock (_writing)
        {
            _writer ??= file.OpenForWriting();
            using var transaction = _writer.BeginTransaction();
            var result = write(transaction);
            transaction.Commit();
            return result;
        }
    });

    public Task CheckAsync(CancellationToken cancellationToken)
    {
        Read(static transaction => transaction.Connection!.ExecuteScalar<long>("SELECT count(*) FROM rooms", transaction: transaction));
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        lock (_writing)
        {
            _writer?.Dispose();
        }
    }

    private T Guard<T>(Func<T> use)
    {
        try
        {
            var result = use();
            availability.OnAnswered();
            return result;
        }
        catch (SqliteException exception)
        {
            availability.OnFailed(exception);
            throw new StorageException("SQLite failed.", exception);
        }
    }
}
