using System.Net.WebSockets;
using System.Threading.Channels;

namespace Salon.App.NativeChat;

/// <summary>
/// What waits to be sent on one connection, bounded in bytes, and in the end the goodbye. Anybody may queue, from any thread and without
/// waiting; one task sends.
/// </summary>
internal sealed class NativeOutbox(WebSocket socket)
{
    // A small frame takes more memory than its bytes.
    private const int FrameOverhead = 64;

    private readonly Channel<ReadOnlyMemory<byte>> _frames = Channel.CreateUnbounded<ReadOnlyMemory<byte>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Farewell? _farewell;
    private long _queued;

    /// <summary>Ends when somebody has decided that the connection shall end.</summary>
    public Task Closing => _closing.Task;

    /// <summary>Why the connection ends, once that is decided.</summary>
    public Farewell? Farewell => Volatile.Read(ref _farewell);

    /// <summary>Queues a frame, unless the connection is closing. Who has too much waiting already is too slow.</summary>
    public void Send(ReadOnlyMemory<byte> frame)
    {
        if (Interlocked.Add(ref _queued, frame.Length + FrameOverhead) > NativeChatLimits.QueueBytes)
        {
            Close(Farewell.TooSlow);
        }

        _frames.Writer.TryWrite(frame);
    }

    /// <summary>Says goodbye after what is queued. The first reason counts.</summary>
    public void Close(Farewell farewell)
    {
        if (Interlocked.CompareExchange(ref _farewell, farewell, null) is null)
        {
            _frames.Writer.TryComplete();
            _closing.TrySetResult();
        }
    }

    /// <summary>Sends until the connection is closed or lost.</summary>
    public async Task RunAsync()
    {
        try
        {
            await foreach (var frame in _frames.Reader.ReadAllAsync())
            {
                await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                Interlocked.Add(ref _queued, -(frame.Length + FrameOverhead));
            }

            await socket.CloseOutputAsync(_farewell!.Status, _farewell.Reason, CancellationToken.None);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client is gone, or was too slow for its own goodbye. An aborted WebSocket says "cancelled".
            Close(Farewell.Bye);
        }
    }
}
