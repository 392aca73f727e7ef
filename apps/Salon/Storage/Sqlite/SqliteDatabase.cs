using Dapper;
using Microsoft.Data.Sqlite;

namespace Salon.App.Storage.Sqlite;

/// <summary>
/// What features do with the file: readers side by side, each with a connection of its own, and writers one after the other on the one
/// connection that writes, which belongs to the one thread that writes. No call keeps the thread of its caller. Thread-safe.
/// </summary>
internal sealed class SqliteDatabase(SqliteFile file, Availability availability) : IDatabase, IDisposable
{
    public const string ReaderName = "SQLite reader";
    public const string WriterName = "SQLite writer";

    /// <summary>How many read at the same time.</summary>
    public const int Readers = 4;

    // Each that waits is a client that waits, which has its own bound.
    private const int Capacity = 10_000;

    private readonly SqliteWorkers _readers = new(ReaderName, Readers, Capacity);
    private readonly SqliteWorkers _writers = new(WriterName, count: 1, Capacity);
    private SqliteConnection? _writer;

    /// <summary>Reads. Everything that is read is of one moment.</summary>
    /// <exception cref="StorageException">It could not be read.</exception>
    public Task<T> ReadAsync<T>(Func<SqliteTransaction, T> read) => _readers.RunAsync(() => Guard(() =>
    {
        using var connection = file.OpenForReading();
        using var transaction = connection.BeginTransaction(deferred: true);

        return read(transaction);
    }));

    /// <summary>Writes, all or nothing; it is on the disk when this is done.</summary>
    /// <param name="write">What.</param>
    /// <param name="goOnHere">Whether what waits for it goes on at the thread that writes, which it must not keep.</param>
    /// <exception cref="StorageException">Nothing was written.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteTransaction, T> write, bool goOnHere = false) => _writers.RunAsync(
        () => Guard(() =>
        {
            _writer ??= file.OpenForWriting();
            using var transaction = _writer.BeginTransaction();
            var result = write(transaction);
            transaction.Commit();
            return result;
        }),
        goOnHere);

    public TimeSpan Lateness => new(Math.Max(_readers.Lateness.Ticks, _writers.Lateness.Ticks));

    public Task CheckAsync(CancellationToken cancellationToken) => ReadAsync(static transaction =>
        transaction.Connection!.ExecuteScalar<long>("SELECT count(*) FROM rooms", transaction: transaction)).WaitAsync(cancellationToken);

    public void Dispose()
    {
        _readers.Dispose();
        _writers.Dispose();
        _writer?.Dispose();
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
