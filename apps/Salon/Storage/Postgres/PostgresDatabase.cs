using System.Net.Sockets;
using Npgsql;
using Salon.App.Hosting;

namespace Salon.App.Storage.Postgres;

/// <summary>
/// A PostgreSQL database that several processes may share: a pool of connections, which come back by themselves when the database was away.
/// Thread-safe.
/// </summary>
internal sealed class PostgresDatabase(PostgresSettings settings, Availability availability) : IDatabase, IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(settings.ToConnectionString());

    /// <summary>
    /// Uses a connection. A connection that turns out to be broken, as all are when the database was started anew, is replaced, and the work
    /// is done again: it must be such that this is harmless even when the end of the first attempt is not known.
    /// </summary>
    /// <param name="work">What to do; told whether it is done again.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StorageException">The database does not answer, or refused.</exception>
    public async Task<T> UseAsync<T>(Func<NpgsqlConnection, bool, Task<T>> work, CancellationToken cancellationToken = default)
    {
        try
        {
            var result = await TryTwiceAsync(work, cancellationToken);
            availability.OnAnswered();
            return result;
        }
        catch (Exception exception) when (exception is NpgsqlException or SocketException or TimeoutException)
        {
            availability.OnFailed(exception);
            throw new StorageException("PostgreSQL failed.", exception);
        }
    }

    public Task CheckAsync(CancellationToken cancellationToken) => UseAsync(
        async (connection, _) =>
        {
            await using var command = new NpgsqlCommand("SHOW transaction_read_only", connection);

            return await command.ExecuteScalarAsync(cancellationToken) is "off"
                ? true
                : throw new NpgsqlException("The database is read-only, as one is that follows another.");
        },
        cancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<T> TryTwiceAsync<T>(Func<NpgsqlConnection, bool, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await TryAsync(work, isRepeated: false, cancellationToken);
        }
        catch (NpgsqlException exception) when (exception is { IsTransient: true, InnerException: not TimeoutException })
        {
            // The other connections of the pool are likely to be as broken as this one.
            _source.Clear();
            return await TryAsync(work, isRepeated: true, cancellationToken);
        }
    }

    private async Task<T> TryAsync<T>(Func<NpgsqlConnection, bool, Task<T>> work, bool isRepeated, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        return await work(connection, isRepeated);
    }
}
