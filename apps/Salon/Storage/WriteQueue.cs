using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Salon.App.Storage;

/// <summary>
/// The one writer of the database. What waits is committed together, so that a hundred messages cost one flush of the disk. Bounded:
/// when it is full, nothing more is taken. Thread-safe.
/// </summary>
internal sealed partial class WriteQueue(Database database, ILogger<WriteQueue> logger) : BackgroundService
{
    private const int Capacity = 10_000;
    private const int MaxBatch = 500;

    private readonly Channel<IWrite> _waiting = Channel.CreateBounded<IWrite>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <summary>Queues a write.</summary>
    /// <returns><see langword="false"/> when the queue is full or the app is stopping; the write is not called then.</returns>
    public bool TryAdd(IWrite write) => _waiting.Writer.TryWrite(write);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What was taken is written before the app ends.
        _waiting.Writer.TryComplete();

        if (ExecuteTask is { } writing)
        {
            await writing.WaitAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var connection = database.OpenForWriting();
        var batch = new List<IWrite>(MaxBatch);

        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out var write))
            {
                batch.Add(write);
            }

            Commit(connection, batch);
            batch.Clear();
        }
    }

    private void Commit(SqliteConnection connection, List<IWrite> batch)
    {
        try
        {
            using var transaction = connection.BeginTransaction();

            foreach (var write in batch)
            {
                write.Execute(connection, transaction);
            }

            transaction.Commit();
        }
        catch (SqliteException exception)
        {
            Log.CommitFailed(logger, exception, batch.Count);
            batch.ForEach(write => write.OnFailed(exception));
            return;
        }

        batch.ForEach(static write => write.OnCommitted());
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Count} writes could not be committed; their senders are told.", EventName = nameof(CommitFailed))]
        public static partial void CommitFailed(ILogger logger, Exception exception, int count);
    }
}
