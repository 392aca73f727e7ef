using System.Buffers;
using Salon.EngineIO.EventLoops;
using Salon.EngineIO.Sessions;
using Salon.Supervision;

namespace Salon.EngineIO.WebSockets;

/// <summary>
/// Empties a queue into an upgraded connection. Whoever queues the first message writes it on the spot; what is queued while a write is
/// under way leaves together in the next one. So nobody waits for a client, and an idle connection needs neither task nor buffer. Whatever
/// goes wrong ends here: who queued a message is not to blame for a connection.
/// </summary>
/// <param name="stream">The connection.</param>
/// <param name="deflateThreshold">From how many bytes on a message is compressed, if at all.</param>
/// <param name="onBroken">Told that nothing more can be written, and why, unless the connection was simply lost. It must not throw.</param>
internal sealed class WebSocketWriter(Stream stream, int? deflateThreshold, Action<Exception?> onBroken) : IQueueDrain, ILoopWork
{
    private const int BufferSize = 16 * 1024;
    private const int MaxDeferredBytes = 64 * 1024;

    private SendQueue? _queue;
    private TaskCompletionSource? _finished;
    private int _isDraining;
    private EventLoop? _deferredBy;

    public bool IsWritable => Volatile.Read(ref _isDraining) == 0;

    /// <summary>Sends from this queue from now on, whoever emptied it before.</summary>
    public void Drain(SendQueue queue)
    {
        // What was written for the upgrade itself.
        Drain();
        Volatile.Write(ref _queue, queue);
        queue.TakeOver(this);
    }

    public void OnQueued()
    {
        if (!TryDefer())
        {
            Drain();
        }
    }

    /// <summary>The end of an event loop's round.</summary>
    void ILoopWork.Run()
    {
        // Before looking at the queue: who queues from here on defers again.
        Interlocked.Exchange(ref _deferredBy, null);
        Drain();
    }

    /// <summary>Completes when everything that is queued has been written, or the connection is lost.</summary>
    public Task FinishAsync()
    {
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _finished, finished);
        SignalIfFinished();
        return finished.Task;
    }

    /// <summary>
    /// On the thread of an event loop, everything that is queued in one round leaves in one write; but not so much that the queue fills up
    /// before its client was even tried.
    /// </summary>
    private bool TryDefer()
    {
        if (EventLoop.Current is not { } loop || Volatile.Read(ref _queue) is { Bytes: > MaxDeferredBytes })
        {
            return false;
        }

        switch (Interlocked.CompareExchange(ref _deferredBy, loop, null))
        {
            case null when EventLoop.TryDefer(this):
                return true;

            case null:
                // Another thread may have relied on the mark, so the queue must be looked at after it is gone.
                Interlocked.Exchange(ref _deferredBy, null);
                return false;

            case var other:
                // A handler may hold the other loop, and is not to hold up this one.
                return other == loop;
        }
    }

    private void Drain()
    {
        while (Volatile.Read(ref _queue) is { Count: > 0 } queue && Interlocked.Exchange(ref _isDraining, 1) == 0)
        {
            if (!TryWriteAll(queue))
            {
                return;
            }

            StopDraining();
        }
    }

    /// <summary>Writes as long as writing does not have to wait.</summary>
    /// <returns><see langword="false"/> when a write is under way; the rest follows it by itself.</returns>
    private bool TryWriteAll(SendQueue queue)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);

        try
        {
            while (TakeNext(queue, buffer) is { Length: > 0 } next)
            {
                var write = stream.WriteAsync(next);

                if (!write.IsCompleted)
                {
                    Guard.Trust(WriteRestAsync(write, queue, buffer));
                    return false;
                }

                write.GetAwaiter().GetResult();
            }
        }
        catch (Exception exception)
        {
            Break(queue, exception);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return true;
    }

    /// <summary>Goes on after a write that had to wait. Its failures end here, and <see cref="FinishAsync"/> waits for its end.</summary>
    private async Task WriteRestAsync(ValueTask write, SendQueue queue, byte[] buffer)
    {
        try
        {
            await write;

            while (TakeNext(queue, buffer) is { Length: > 0 } next)
            {
                await stream.WriteAsync(next);
            }
        }
        catch (Exception exception)
        {
            Break(queue, exception);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        StopDraining();
        OnQueued();
    }

    /// <summary>Nothing more can be written: what waits is thrown away, and what follows is not taken.</summary>
    private void Break(SendQueue queue, Exception exception)
    {
        queue.Complete(discard: true);
        onBroken(IsConnectionLost(exception) ? null : exception);
    }

    private void StopDraining()
    {
        // A full fence: the queue is looked at again only after everybody can see that nobody drains it.
        Interlocked.Exchange(ref _isDraining, 0);
        SignalIfFinished();
    }

    private void SignalIfFinished()
    {
        if (IsWritable && Volatile.Read(ref _queue) is null or { Count: 0 })
        {
            Volatile.Read(ref _finished)?.TrySetResult();
        }
    }

    private ReadOnlyMemory<byte> TakeNext(SendQueue queue, byte[] buffer)
    {
        if (deflateThreshold is not { } threshold)
        {
            var length = queue.TakeFrames(buffer, out var large);
            return large.IsEmpty ? buffer.AsMemory(0, length) : large;
        }

        if (!queue.TryTake(out var message))
        {
            return default;
        }

        return message.Compress && message.Body.Length >= threshold ? message.GetDeflatedFrame() : message.Frame;
    }

    private static bool IsConnectionLost(Exception exception) =>
        exception is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;
}
