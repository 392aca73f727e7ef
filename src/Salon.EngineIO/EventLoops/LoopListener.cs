using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Salon.EngineIO.EventLoops;

/// <summary>Accepts the connections of one address, gives each to one of the loops in turn, and to Kestrel those that say something.</summary>
internal sealed partial class LoopListener : IConnectionListener, ILoopMember, IThreadPoolWorkItem
{
    private const uint MaxTurnsInARow = 16;

    private static readonly TimeSpan TellingPause = TimeSpan.FromMinutes(1);

    // Longer than a WebSocket waits for the answer to its close frame.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(6);

    private readonly EventLoopGroup _loops;
    private readonly ListeningSocket _socket;
    private readonly EventLoop _loop;
    private readonly LoopSlot _slot;
    private readonly Readiness _acceptable = new();
    private readonly SilentClients _silent;
    private readonly ConcurrentQueue<LoopSocket> _speaking = new();
    private readonly ILogger _logger;
    private readonly Action _onEnded;
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isPaused;
    private long _toldAt = -(long)TellingPause.TotalMilliseconds;
    private int _error;
    private Exception? _exception;
    private uint _turns;
    private int _isUnbound;
    private int _isDisposed;

    // One more than there are, until this is disposed.
    private int _detachedCount = 1;

    public LoopListener(EndPoint endPoint, LoopOptions options, EventLoopGroup loops, TimeProvider time, ILogger logger)
    {
        (_loops, _logger) = (loops, logger);
        _onEnded = OnEnded;
        (InputOptions, OutputOptions) = (options.Input, options.Output);
        _socket = new ListeningSocket(endPoint);
        _silent = new SilentClients(time, OnSpeaking);

        try
        {
            _loop = loops.Next();
            _slot = _loop.Register(_socket.Handle, this);
            loops.Watch(this);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public EndPoint EndPoint => _socket.EndPoint;

    /// <summary>How many have been accepted and have said nothing yet.</summary>
    internal int SilentCount => _silent.Count;

    /// <summary>How many have spoken and wait to be accepted.</summary>
    internal int SpeakingCount => _speaking.Count;

    internal PipeOptions InputOptions { get; }

    internal PipeOptions OutputOptions { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (++_turns % MaxTurnsInARow == 0)
            {
                // The turn of whatever waits for the thread pool: hundreds that come at once would all be begun before it. Not for each of them, or
                // those who come when it is far behind would have to wait as many times as they are.
                await Task.Yield();
            }

            try
            {
                if (_speaking.TryDequeue(out var socket))
                {
                    return Connect(socket);
                }

                if (Volatile.Read(ref _isUnbound) != 0)
                {
                    return null;
                }

                // During a pause too, those who have been accepted are served.
                if (!_isPaused && TryAccept())
                {
                    continue;
                }
            }
            catch (ObjectDisposedException) when (Volatile.Read(ref _isUnbound) != 0)
            {
                continue;
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

        AbortSpeaking();

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
        Interlocked.MemoryBarrier();
        _acceptable.Signal();
    }

    void ILoopMember.Abort() => Unbind();

    private bool TryAccept()
    {
        if (_socket.TryAccept(out var remote, out var error) is not { } handle)
        {
            if (error != 0)
            {
                Pause(error, exception: null);
            }

            return false;
        }

        LoopSocket socket;

        try
        {
            socket = new LoopSocket(handle, _loops.Next()) { RemoteEndPoint = remote };
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        try
        {
            _silent.Add(socket);
            return true;
        }
        catch
        {
            socket.Abort();
            throw;
        }
    }

    private void OnSpeaking(LoopSocket socket)
    {
        _speaking.Enqueue(socket);

        // The queue must be seen by whoever does not see the signal.
        Interlocked.MemoryBarrier();
        _acceptable.Signal();

        if (Volatile.Read(ref _isDisposed) != 0)
        {
            AbortSpeaking();
        }
    }

    /// <summary>Closes those who spoke when nobody was to accept them any more.</summary>
    private void AbortSpeaking()
    {
        while (_speaking.TryDequeue(out var socket))
        {
            socket.Abort();
        }
    }

    private LoopConnection Connect(LoopSocket socket)
    {
        try
        {
            return new LoopConnection(socket, this) { LocalEndPoint = _socket.GetLocalEndPoint(socket.Handle), RemoteEndPoint = socket.RemoteEndPoint };
        }
        catch
        {
            socket.Abort();
            throw;
        }
    }

    /// <summary>Tries no more until the watchdog says so: nothing is made for it here, since there may be nothing to make it of.</summary>
    private void Pause(int error, Exception? exception)
    {
        (_error, _exception) = (error, exception);
        _isPaused = true;
        _loops.OnPause();
    }

    public void OnCallbackFailed(Exception exception) => Log.CallbackFailed(_logger, exception);

    private void Unbind()
    {
        if (Interlocked.Exchange(ref _isUnbound, 1) == 0)
        {
            _loops.Forget(this);
            _loop.Unregister(_slot);
            _socket.Dispose();
            _silent.Dispose();
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
