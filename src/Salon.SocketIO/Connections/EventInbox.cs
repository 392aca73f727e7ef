using Salon.SocketIO.Protocol;
using Salon.Supervision;

namespace Salon.SocketIO.Connections;

/// <summary>
/// Hands the events of one socket to its handlers: in order, and one at a time unless the options allow more. What has to wait is copied
/// and bounded in bytes; beyond the bound the client is not read any further. The lock protects all fields; no handler runs under it.
/// </summary>
internal sealed class EventInbox(Socket socket, int maxConcurrent, long maxBytes)
{
    // What a waiting packet takes besides its data, so that a million empty ones are not free.
    private const int CostOfAPacket = 256;

    private readonly Lock _gate = new();
    private readonly Queue<Packet> _waiting = new();
    private TaskCompletionSource? _room;
    private long _bytes;
    private int _running;
    private bool _isHeld = true;
    private bool _isStopped;

    private Guard Guard => socket.Namespace.Server.Guard;

    /// <summary>
    /// Lets the events begin after something else: the connection handlers, which register those of the events. Until then
    /// they wait.
    /// </summary>
    public void Start(Task first) => Guard.Forget(nameof(Namespace.OnConnection), StartAsync(first));

    /// <summary>Takes an event. Called by one thread at a time, which waits for the task before it reads on.</summary>
    public ValueTask PostAsync(in Packet packet)
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                return default;
            }

            if (_isHeld || _running == maxConcurrent || _waiting.Count > 0)
            {
                return Enqueue(packet);
            }

            _running++;
        }

        // On the reading thread, as long as the handler does not wait: most never do, and a change of threads costs more than they do.
        var handling = Dispatch(packet);

        if (handling.IsCompleted)
        {
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _running--;
                    return default;
                }
            }
        }

        // On the path of every packet whose handler waits: watching it once more would cost an allocation.
        Guard.Trust(RunAsync(handling));
        return default;
    }

    /// <summary>Takes no more, and forgets what waits when it shall not be handled.</summary>
    public void Stop(bool discard)
    {
        TaskCompletionSource? room;

        lock (_gate)
        {
            _isStopped = true;
            room = _room;
            _room = null;

            if (discard)
            {
                _waiting.Clear();
                _bytes = 0;
            }
        }

        room?.TrySetResult();
    }

    private ValueTask Enqueue(in Packet packet)
    {
        var copy = packet.Detach();
        _waiting.Enqueue(copy);
        _bytes += SizeOf(copy);

        if (_bytes <= maxBytes)
        {
            return default;
        }

        _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new ValueTask(_room.Task);
    }

    private async Task StartAsync(Task first)
    {
        await Guard.CallAsync(nameof(Namespace.OnConnection), first, static first => new ValueTask(first));

        lock (_gate)
        {
            _isHeld = false;
            _running = maxConcurrent;
        }

        for (var i = 0; i < maxConcurrent; i++)
        {
            Guard.Trust(RunAsync(Task.CompletedTask));
        }
    }

    /// <summary>Handles what waits, after what is being handled. Whatever happens to one event, the next has its turn.</summary>
    private async Task RunAsync(Task handling)
    {
        while (true)
        {
            var isDone = handling.IsCompleted;

            try
            {
                await handling;
            }
            catch (Exception exception)
            {
                Guard.Fail(nameof(Socket.DispatchAsync), exception);
            }

            if (!TryTake(out var packet))
            {
                return;
            }

            if (!isDone)
            {
                // Whoever completed what the handler waited for has its own to do, and is not to handle all that the client has sent meanwhile.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            handling = Dispatch(packet);
        }
    }

    private Task Dispatch(in Packet packet)
    {
        try
        {
            return socket.DispatchAsync(packet);
        }
        catch (Exception exception)
        {
            Guard.Fail(nameof(Socket.DispatchAsync), exception);
            return Task.CompletedTask;
        }
    }

    private bool TryTake(out Packet packet)
    {
        TaskCompletionSource? room = null;
        bool isTaken;

        lock (_gate)
        {
            isTaken = _waiting.TryDequeue(out packet);

            if (isTaken)
            {
                _bytes -= SizeOf(packet);
            }
            else
            {
                _running--;
            }

            if (_bytes <= maxBytes)
            {
                room = _room;
                _room = null;
            }
        }

        room?.TrySetResult();
        return isTaken;
    }

    private static long SizeOf(in Packet packet) =>
        CostOfAPacket + packet.Payload.Size;
}
