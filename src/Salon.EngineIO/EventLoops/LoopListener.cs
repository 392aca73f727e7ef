using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Salon.EngineIO.EventLoops;

/// <summary>Accepts the connections of one address, and gives each to one of the loops in turn.</summary>
internal sealed partial class LoopListener : IConnectionListener, ILoopMember, IThreadPoolWorkItem
{
    private const uint MaxAcceptedInARow = 16;

    private static readonly TimeSpan TellingPause = TimeSpan.FromMinutes(1);

    // Longer than a WebSocket waits for the answer to its close frame.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(6);

    private readonly EventLoopGroup _loops;
    private readonly Socket _socket;
    private readonly SocketHandle _handle;
    private readonly EventLoop _loop;
    private readonly LoopSlot _slot;
    private readonly DescriptorReserve _reserve;
    private readonly Readiness _acceptable = new();
    private readonly ILogger _logger;
    private readonly Action _onEnded;
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isPaused;
    private long _toldAt = -(long)TellingPause.TotalMilliseconds;
    private int _error;
    private Exception? _exception;
    private uint _acceptedInARow;
    private int _isUnbound;
    private int _isDisposed;

    // One more than there are, until this is disposed.
    private int _detachedCount = 1;

    public LoopListener(EndPoint endPoint, LoopOptions options, EventLoopGroup loops, ILogger logger)
    {
        (_loops, _logger) = (loops, logger);
        _onEnded = OnEnded;
        (InputOptions, OutputOptions) = (options.Input, options.Output);
        _socket = Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets.SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);

        try
        {
            _socket.Listen(LoopOptions.Backlog);
            EndPoint = _socket.LocalEndPoint ?? endPoint;

            // The loop has a descriptor of its own: that of the framework's socket belongs to the framework.
            _handle = new SocketHandle(Native.Control(_socket.Handle, Native.DuplicateCloseOnExec, 0));
            _reserve = new DescriptorReserve((int)_handle.DangerousGetHandle());
            _socket.Blocking = false;
            _loop = loops.Next();
            _slot = _loop.Register(_handle, this);
            loops.Watch(this);
        }
        catch
        {
            _socket.Dispose();
            _handle?.Dispose();
            throw;
        }
    }

    public EndPoint EndPoint { get; }

    internal PipeOptions InputOptions { get; }

    internal PipeOptions OutputOptions { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (++_acceptedInARow % MaxAcceptedInARow == 0)
        {
            // The turn of whatever waits for the thread pool: hundreds that come at once would all be begun before it. Not for each of them, or
            // those who come when it is far behind would have to wait as many times as they are.
            await Task.Yield();
        }

        while (Volatile.Read(ref _isUnbound) == 0)
        {
            try
            {
                if (TryAccept(out var connection))
                {
                    return connection;
                }
            }
            catch (ObjectDisposedException) when (Volatile.Read(ref _isUnbound) != 0)
            {
                break;
            }
            catch (Exception exception)
            {
                // Without descriptors or memory, whatever is done for the first time may fail, too. Kestrel would never accept again.
                Pause(error: 0, exception);
            }

            if (_acceptable.TryStartWaiting())
            {
                await _acceptable.AsWriting();
            }
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        Unbind();
        return default;
    }

    /// <summary>Waits for the connections that no request waits for any more. Their owners close them when the app stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();

        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            OnEnded();
        }

        if (!_allEnded.Task.IsCompleted)
        {
            await Task.WhenAny(_allEnded.Task, Task.Delay(EndTimeout));
        }
    }

    /// <summary>A connection left its request.</summary>
    public void OnDetached(LoopSocket socket)
    {
        Interlocked.Increment(ref _detachedCount);
        socket.NotifyEnd(_onEnded);
    }

    void ILoopMember.OnEvents(uint events)
    {
        // During a pause, each client that knocks would make another try.
        if (!_isPaused)
        {
            _acceptable.Signal();
        }
    }

    /// <summary>The next try after a pause, if there is one. Called by the watchdog, from time to time.</summary>
    public void EndPause()
    {
        if (!_isPaused)
        {
            return;
        }

        var now = Environment.TickCount64;

        if (now - _toldAt >= (long)TellingPause.TotalMilliseconds)
        {
            _toldAt = now;
            Log.CannotAccept(_logger, _exception, _exception?.Message ?? Marshal.GetPInvokeErrorMessage(_error));
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        _isPaused = false;
        _acceptable.Signal();
    }

    void ILoopMember.Abort() => Unbind();

    private unsafe bool TryAccept(out LoopConnection? connection)
    {
        var address = stackalloc byte[SocketAddress.MaxLength];
        var length = SocketAddress.MaxLength;
        int descriptor;

        while ((descriptor = Native.Accept(_handle, address, &length, Native.SocketNonBlocking | Native.CloseOnExec)) < 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case Native.TryAgain:
                    connection = null;
                    return false;

                // Clients that are gone already.
                case Native.Interrupted or Native.ConnectionAborted or Native.ProtocolError:
                    continue;

                // No descriptors or no memory: connections wait in the backlog until there are some again.
                case var error:
                    Pause(error, exception: null);
                    connection = null;
                    return false;
            }
        }

        var handle = new SocketHandle(descriptor);

        if (_reserve.Contains(descriptor))
        {
            handle.Dispose();
            Pause(Native.TooManyFiles, exception: null);
            connection = null;
            return false;
        }

        try
        {
            connection = Connect(handle, new ReadOnlySpan<byte>(address, length));
            return true;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private unsafe LoopConnection Connect(SocketHandle handle, ReadOnlySpan<byte> address)
    {
        var remote = SocketAddress.Parse(address);

        if (remote is not null)
        {
            var noDelay = 1;
            _ = Native.SetSocketOption(handle, Native.IPProtocolTcp, Native.TcpNoDelay, &noDelay, sizeof(int));
        }

        return new LoopConnection(new LoopSocket(handle, _loops.Next()), this)
        {
            LocalEndPoint = GetLocalEndPoint(handle),
            RemoteEndPoint = remote,
        };
    }

    /// <summary>Tries no more until the watchdog says so: nothing is made for it here, since there may be nothing to make it of.</summary>
    private void Pause(int error, Exception? exception)
    {
        (_error, _exception) = (error, exception);
        _isPaused = true;
        _loops.OnPause();
    }

    private unsafe EndPoint GetLocalEndPoint(SocketHandle handle)
    {
        if (EndPoint is not IPEndPoint { Address: var bound } || (!bound.Equals(IPAddress.Any) && !bound.Equals(IPAddress.IPv6Any)))
        {
            return EndPoint;
        }

        var address = stackalloc byte[SocketAddress.MaxLength];
        var length = SocketAddress.MaxLength;
        return Native.GetSocketName(handle, address, &length) < 0 ? EndPoint : SocketAddress.Parse(new ReadOnlySpan<byte>(address, length)) ?? EndPoint;
    }

    public void OnCallbackFailed(Exception exception) => Log.CallbackFailed(_logger, exception);

    private void Unbind()
    {
        if (Interlocked.Exchange(ref _isUnbound, 1) == 0)
        {
            _loops.Forget(this);
            _loop.Unregister(_slot);
            _handle.Dispose();
            _socket.Dispose();
            _acceptable.Signal();
        }
    }

    private void OnEnded()
    {
        if (Interlocked.Decrement(ref _detachedCount) == 0)
        {
            _allEnded.TrySetResult();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "No connection can be accepted: {Error}. Those that come wait, and it is tried again twice a second. (This is said once a minute.)",
            EventName = nameof(CannotAccept))]
        public static partial void CannotAccept(ILogger logger, Exception? exception, string error);

        [LoggerMessage(2, LogLevel.Error, "What was to be called at the end of a connection failed.", EventName = nameof(CallbackFailed))]
        public static partial void CallbackFailed(ILogger logger, Exception exception);
    }
}
