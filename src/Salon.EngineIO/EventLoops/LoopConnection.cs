using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Salon.EngineIO.EventLoops;

/// <summary>
/// A connection as Kestrel wants it: two pipes, between which and the socket the bytes are moved here. A request that becomes a WebSocket
/// takes the socket with it, and leaves Kestrel a connection that has ended.
/// </summary>
internal sealed class LoopConnection : DefaultConnectionContext
{
    private const int MinReadSize = 2048;

    // Nobody watches the time between the request and the WebSocket's own life.
    private static readonly TimeSpan DetachTimeout = TimeSpan.FromSeconds(5);

    private readonly LoopSocket _socket;
    private readonly LoopListener _listener;
    private readonly IDuplexPipe _transport;
    private readonly IDuplexPipe _application;
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _receiving;
    private readonly Task _sending;

    // Why this side has ended the connection; the first reason counts.
    private Exception? _reason;
    private volatile bool _isDetaching;
    private bool _isDetached;

    public LoopConnection(LoopSocket socket, LoopListener listener)
    {
        _socket = socket;
        _listener = listener;

        var input = new Pipe(listener.InputOptions);
        var output = new Pipe(listener.OutputOptions);

        Transport = _transport = new DuplexPipe(input.Reader, output.Writer);
        _application = new DuplexPipe(output.Reader, input.Writer);
        ConnectionClosed = _closed.Token;
        Features.Set(this);
        Features.Set<IConnectionTrafficFeature>(socket.Traffic);

        _receiving = ReceiveAsync();
        _sending = SendAsync();
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (!_isDetached)
        {
            End(abortReason);
            _application.Input.CancelPendingRead();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _transport.Input.CompleteAsync();
        await _transport.Output.CompleteAsync();
        await Task.WhenAll(_receiving, _sending);

        if (!_isDetached)
        {
            _socket.Abort();
        }

        // Nobody else says so to a connection that its request took, or tried to take. The source is not disposed: it holds nothing, and
        // Kestrel and the request may both end the connection.
        CancelClosed();
        await base.DisposeAsync();
    }

    /// <summary>Who watches the socket.</summary>
    public EventLoop Loop => _socket.Loop;

    /// <summary>Whether nothing lies between the socket and the request, as TLS would.</summary>
    public bool IsDetachable => ReferenceEquals(Transport, _transport);

    /// <summary>
    /// Gives the socket away, after everything that was written has left, with what the client has sent after its request: one that is
    /// quick has read the response, and sent its first frame, before this is called. Not to a client that is gone or does not read the
    /// response: then the connection is lost.
    /// </summary>
    public async ValueTask<LoopSocket?> TryDetachAsync()
    {
        _isDetaching = true;
        _socket.CancelRead();
        _application.Input.CancelPendingRead();
        _application.Output.CancelPendingFlush();
        var moved = Task.WhenAll(_receiving, _sending);

        // Nearly always it has ended by now, and needs no timer.
        if ((!moved.IsCompleted && await Task.WhenAny(moved, Task.Delay(DetachTimeout)) != moved) || !TryTakeEarly(out var early))
        {
            _socket.Abort();
            await _application.Output.CompleteAsync(new ConnectionAbortedException("The client did not stay for its WebSocket."));
            return null;
        }

        _socket.Unread(early);
        _isDetached = true;
        _listener.OnDetached(_socket);
        await _application.Output.CompleteAsync();

        // Something may have come while nobody was reading any more.
        _socket.CancelRead();
        return _socket;
    }

    private async Task ReceiveAsync()
    {
        var input = _application.Output;
        Exception? error = null;

        try
        {
            while (true)
            {
                _ = await _socket.ReadAsync(Memory<byte>.Empty);

                if (_isDetaching)
                {
                    return;
                }

                // Never a wait with a buffer in hand, which detaching could not end.
                if (!_socket.TryRead(input.GetMemory(MinReadSize).Span, out var count))
                {
                    continue;
                }

                input.Advance(count);
                var flushed = await input.FlushAsync();

                if (flushed.IsCanceled && _isDetaching)
                {
                    return;
                }

                // Cancelled it is only by an end, which has left its reason.
                if (count == 0 || flushed.IsCompleted || flushed.IsCanceled)
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            error = new ConnectionResetException(exception.Message, exception);
        }

        // An end that looks like the client's own would have HTTP/2 wait for what no longer comes.
        await input.CompleteAsync(Volatile.Read(ref _reason) ?? error);

        // Not here: this is the loop's thread, and whoever listens may take its time.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        CancelClosed();
    }

    private async Task SendAsync()
    {
        var output = _application.Input;
        Exception? error = null;

        try
        {
            while (true)
            {
                if (!output.TryRead(out var result))
                {
                    if (_isDetaching)
                    {
                        break;
                    }

                    result = await output.ReadAsync();
                }

                foreach (var segment in result.Buffer)
                {
                    await _socket.WriteAsync(segment);
                }

                output.AdvanceTo(result.Buffer.End);

                if (result.IsCompleted || (result.IsCanceled && !_isDetaching))
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            error = new ConnectionResetException(exception.Message, exception);
        }

        await output.CompleteAsync();

        if (!_isDetaching)
        {
            // The last was sent: what the client still sends is of no interest.
            End(error ?? new ConnectionAbortedException("The last response was sent."));
        }
    }

    /// <summary>Ends the connection. Who waits because the application does not read learns why, too.</summary>
    private void End(Exception reason)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        _socket.Abort();
        _application.Output.CancelPendingFlush();
    }

    private bool TryTakeEarly(out ReadOnlyMemory<byte> early)
    {
        early = default;

        try
        {
            if (_transport.Input.TryRead(out var result))
            {
                early = result.Buffer.ToArray();
                _transport.Input.AdvanceTo(result.Buffer.End);
            }

            return true;
        }
        catch (ConnectionResetException)
        {
            return false;
        }
    }

    private void CancelClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (AggregateException exception)
        {
            _listener.OnCallbackFailed(exception);
        }
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
