using System.Threading.Channels;
using Salon.App.Chat.Delivery;
using Salon.App.Storage;
using Salon.Supervision;

namespace Salon.App.Chat;

/// <summary>
/// The one writer of this process's messages. What waits is committed together, so that a hundred messages cost one flush of the disk;
/// then, in the order of their numbers, their rooms are told and their writers are answered. Bounded: when it is full, nothing more is
/// taken. Nothing here waits for a turn of the thread pool, where a crowd that comes in stands before everybody who talks: whoever adds the first
/// message begins its commit, and the thread that has committed tells the rooms. Thread-safe.
/// </summary>
internal sealed partial class MessageQueue(IChatStore store, ChatOutlet outlet, ILogger<MessageQueue> logger) : BackgroundService
{
    private const int Capacity = 10_000;
    private const int MaxBatch = 500;

    private readonly Channel<PendingMessage> _waiting =
        Channel.CreateBounded<PendingMessage>(new BoundedChannelOptions(Capacity) { SingleReader = true, AllowSynchronousContinuations = true });

    private readonly Guard _guard = new(logger);
    private long _storedCount;

    /// <summary>How many messages were stored since the start.</summary>
    public long StoredCount => Volatile.Read(ref _storedCount);

    /// <summary>Queues a message.</summary>
    /// <returns><see langword="false"/> when the queue is full or the app is stopping; nobody is told then.</returns>
    public bool TryAdd(PendingMessage message) => _waiting.Writer.TryWrite(message);

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
        var batch = new List<PendingMessage>(MaxBatch);

        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out var message))
            {
                batch.Add(message);
            }

            await CommitAsync(batch);
            batch.Clear();
        }

        // Whoever waits for this is about to end the database, and must not do so on its own thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    private async Task CommitAsync(List<PendingMessage> batch)
    {
        IReadOnlyList<StoredMessage?> stored;

        try
        {
            stored = await store.AppendAsync(batch.ConvertAll(static pending => pending.Message));
        }
        catch (StorageException)
        {
            batch.ForEach(static pending => pending.OnFailed());
            return;
        }
        catch (Exception exception)
        {
            // Whatever one message may have brought about, those that come after it are stored.
            Log.CommitFailed(logger, exception, batch.Count);
            batch.ForEach(static pending => pending.OnFailed());
            return;
        }

        for (var i = 0; i < batch.Count; i++)
        {
            _guard.Call("MessageQueue.OnStored", (Owner: this, Pending: batch[i], Stored: stored[i]), static state => state.Owner.OnStored(state.Pending, state.Stored));
        }
    }

    private void OnStored(PendingMessage pending, StoredMessage? stored)
    {
        try
        {
            if (stored is { IsNew: true })
            {
                Interlocked.Increment(ref _storedCount);
                outlet.Publish(pending.Message.Room, stored.Message);
            }
        }
        finally
        {
            pending.OnStored(stored?.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Count} messages could not be stored; their writers are told.", EventName = nameof(CommitFailed))]
        public static partial void CommitFailed(ILogger logger, Exception exception, int count);
    }
}
