using System.Net;
using System.Runtime.InteropServices;

namespace Salon.EngineIO.EventLoops;

/// <summary>
/// A connected socket that an event loop watches: it waits without a buffer and without a thread, and what can be done at once is done on
/// the caller's. One may read and one may write at a time; <see cref="Abort"/> may come from any thread.
/// </summary>
internal sealed class LoopSocket : AsyncOnlyStream, ILoopMember
{
    // Then it is the turn of others, or a client that never stops sending would have the thread for itself.
    private const int MaxReadsInARow = 16;

    private readonly SocketHandle _handle;
    private readonly EventLoop _loop;
    private readonly Readiness _readable = new();
    private Readiness? _writable;
    private ReadOnlyMemory<byte> _early;
    private ILoopWork? _first;
    private Action? _ended;
    private int _readsInARow;
    private volatile bool _hasHungUp;
    private int _isAborted;

    public LoopSocket(SocketHandle handle, EventLoop loop)
    {
        (_handle, _loop) = (handle, loop);
        Traffic = new SocketTraffic(handle);
        Slot = loop.Register(handle, this);
    }

    public SocketTraffic Traffic { get; }

    /// <summary>Who watches it.</summary>
    public EventLoop Loop => _loop;

    public SocketHandle Handle => _handle;

    /// <summary>Who is at the other end; <see langword="null"/> when it has no address of IP.</summary>
    public EndPoint? RemoteEndPoint { get; init; }

    private LoopSlot Slot { get; }

    /// <summary>Reads what has come, or waits for something. With an empty buffer it waits only, and reads nothing.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return WaitUntilReadable();
        }

        if (_readsInARow++ < MaxReadsInARow)
        {
            return TryRead(buffer.Span, out var count) ? new ValueTask<int>(count) : ReceiveLaterAsync(buffer);
        }

        _readable.Signal();
        return ReceiveLaterAsync(buffer);
    }

    /// <summary>Reads what has come; <see langword="false"/> when nothing has.</summary>
    public unsafe bool TryRead(Span<byte> buffer, out int count)
    {
        if (!_early.IsEmpty)
        {
            count = Math.Min(_early.Length, buffer.Length);
            _early.Span[..count].CopyTo(buffer);
            _early = _early[count..];
            return true;
        }

        fixed (byte* start = buffer)
        {
            count = (int)Native.Receive(_handle, start, buffer.Length, 0);
        }

        if (count < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error is Native.TryAgain or Native.Interrupted ? false : throw CreateException(error);
        }

        if (count == buffer.Length || _hasHungUp)
        {
            // The loop tells only of what comes new, and here something is left: data, or the end.
            _readable.Signal();
        }

        return true;
    }

    /// <summary>Lets bytes that were read already be read again, before all others; nobody may be reading meanwhile.</summary>
    public void Unread(ReadOnlyMemory<byte> early) => _early = early;

    /// <summary>Runs something once, when there is something to read: data, or the end. Whoever reads then is told so, too.</summary>
    public void NotifyFirst(ILoopWork first)
    {
        Interlocked.Exchange(ref _first, first);

        if (_readable.IsReady)
        {
            Interlocked.Exchange(ref _first, null)?.Run();
        }
    }

    /// <summary>Whether the other side has left, and has sent nothing before.</summary>
    public unsafe bool HasLeft()
    {
        if (!_hasHungUp)
        {
            return false;
        }

        try
        {
            byte next;
            var count = Native.Receive(_handle, &next, 1, Native.Peek);
            return count == 0 || (count < 0 && Marshal.GetLastPInvokeError() is not (Native.TryAgain or Native.Interrupted));
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    /// <summary>Calls something once, when the connection has ended.</summary>
    public void NotifyEnd(Action ended)
    {
        Interlocked.Exchange(ref _ended, ended);

        if (Volatile.Read(ref _isAborted) != 0)
        {
            Interlocked.Exchange(ref _ended, null)?.Invoke();
        }
    }

    /// <summary>Writes everything; what the network does not take at once, it writes as it can.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var sent = Send(buffer.Span);
        return sent == buffer.Length ? default : SendLaterAsync(buffer[sent..]);
    }

    /// <summary>Tells the other side that nothing more comes, after what was written. What it sends can still be read.</summary>
    public void EndSending()
    {
        try
        {
            _ = Native.Shutdown(_handle, Native.ShutdownSending);
        }
        catch (ObjectDisposedException)
        {
            // Aborted meanwhile, which says the same.
        }
    }

    /// <summary>Ends the connection, and every wait for it.</summary>
    public void Abort()
    {
        if (Interlocked.Exchange(ref _isAborted, 1) != 0)
        {
            return;
        }

        _loop.Unregister(Slot);
        Traffic.Keep();
        _ = Native.Shutdown(_handle, Native.ShutdownBoth);
        _handle.Dispose();
        CancelRead();
        Volatile.Read(ref _writable)?.Signal();
        Interlocked.Exchange(ref _ended, null)?.Invoke();
    }

    /// <summary>Ends a wait for something to read, although there is nothing.</summary>
    public void CancelRead() => _readable.Signal();

    /// <summary>Called by the loop.</summary>
    public void OnEvents(uint events)
    {
        const uint End = Native.EPollError | Native.EPollHangUp;

        if ((events & (Native.EPollOut | End)) != 0)
        {
            Volatile.Read(ref _writable)?.Signal();
        }

        if ((events & (Native.EPollReadHangUp | End)) != 0)
        {
            _hasHungUp = true;
        }

        if ((events & (Native.EPollIn | Native.EPollReadHangUp | End)) != 0)
        {
            _readable.Signal();

            if (Volatile.Read(ref _first) is not null)
            {
                Interlocked.Exchange(ref _first, null)?.Run();
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        Abort();
        base.Dispose(disposing);
    }

    private static IOException CreateException(int error) => new(Marshal.GetPInvokeErrorMessage(error));

    private ValueTask<int> WaitUntilReadable()
    {
        _readsInARow = 0;

        if (!_early.IsEmpty || _readable.TryStartWaiting())
        {
            return _early.IsEmpty ? _readable.AsReading() : default;
        }

        // There is more already, but others come first.
        _readable.StartWaiting();

        if (!_loop.TryPostpone(this))
        {
            // A thread that a handler held, or one of the pool, is not for this client alone either.
            ThreadPool.UnsafeQueueUserWorkItem(static socket => socket.CancelRead(), this, preferLocal: false);
        }

        return _readable.AsReading();
    }

    private async ValueTask<int> ReceiveLaterAsync(Memory<byte> buffer)
    {
        int count;

        do
        {
            await WaitUntilReadable();
        }
        while (!TryRead(buffer.Span, out count));

        return count;
    }

    private unsafe int Send(ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            var sent = (int)Native.Send(_handle, start, data.Length, Native.NoSignal);

            if (sent >= 0)
            {
                return sent;
            }
        }

        var error = Marshal.GetLastPInvokeError();
        return error is Native.TryAgain or Native.Interrupted ? 0 : throw CreateException(error);
    }

    private async ValueTask SendLaterAsync(ReadOnlyMemory<byte> data)
    {
        var writable = LazyInitializer.EnsureInitialized(ref _writable, static () => new Readiness());

        // Only from here on are signals kept, so it has to be tried again before waiting.
        while (data[Send(data.Span)..] is { IsEmpty: false } rest)
        {
            data = rest;

            if (writable.TryStartWaiting())
            {
                await writable.AsWriting();
            }
        }
    }
}
