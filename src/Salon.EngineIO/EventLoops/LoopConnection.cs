using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Salon.EngineIO.EventLoops;

/// <summary>
/// A connection as Kestrel wants it: two pipes, between which and the socket the bytes are moved here. A request that becomes a WebSocket
/// takes the socket with it, and leaves Kestrel a connection that has ended.
/// </summary>
internal sealed class LoopConnection : DefaultConnectionContext
{
    private const int MinReadSize = 2048;

    private readonly LoopSocket _socket;
    private readonly LoopListener _listener;
    private readonly IDuplexPipe _application;
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _receiving;
    private readonly Task _sending;
    private volatile bool _isDetaching;
    private bool _isDetached;

    public LoopConnection(LoopSocket socket, LoopListener listener)
    {
        _socket = socket;
        _listener = listener;

        var input = new Pipe(listener.InputOptions);
        var output = new Pipe(listener.OutputOptions);

        Transport = new DuplexPipe(input.Reader, output.Writer);
        _application = new DuplexPipe(output.Reader, input.Writer);
        ConnectionClosed = _closed.Token;
        Features.Set(this);

        _receiving = ReceiveAsync();
        _sending = SendAsync();
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (!_isDetached)
        {
            _socket.Abort();
            _application.Input.CancelPendingRead();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await Transport.Input.CompleteAsync();
        await Transport.Output.CompleteAsync();
        await Task.WhenAll(_receiving, _sending);

        if (!_isDetached)
        {
            _socket.Abort();
        }

        _closed.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>
    /// Gives the socket away, after everything that was written has left. Not when there is TLS between the socket and the request, and not
    /// when the client has already sent more than the request.
    /// </summary>
    public async ValueTask<LoopSocket?> TryDetachAsync()
    {
        if (Features.Get<ITlsHandshakeFeature>() is not null)
        {
            return null;
        }

        _isDetaching = true;
        _socket.CancelRead();
        _application.Input.CancelPendingRead();
        await Task.WhenAll(_receiving, _sending);

        if (_closed.IsCancellationRequested || Transport.Input.TryRead(out _))
        {
            Abort(new ConnectionAbortedException());
            return null;
        }

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

                var count = await _socket.ReadAsync(input.GetMemory(MinReadSize));
                input.Advance(count);

                if (count == 0 || (await input.FlushAsync()) is { IsCompleted: true })
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            error = new ConnectionResetException(exception.Message, exception);
        }

        await input.CompleteAsync(error);

        // Not here: this is the loop's thread, and whoever listens may take its time.
        ThreadPool.UnsafeQueueUserWorkItem(static closed => Cancel(closed), _closed, preferLocal: false);
    }

    private async Task SendAsync()
    {
        var output = _application.Input;

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
            // The receiving side sees it too, and says so.
        }

        await output.CompleteAsync();

        if (!_isDetaching)
        {
            // The last was sent: what the client still sends is of no interest.
            _socket.Abort();
        }
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Kestrel has already left it.
        }
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
