using System.Runtime.InteropServices;

namespace Salon.EngineIO.EventLoops;

/// <summary>
/// A connected socket that an event loop watches: it waits without a buffer and without a thread, and what can be done at once is done on
/// the caller's. One may read and one may write at a time; <see cref="Abort"/> may come from any thread.
/// </summary>
internal sealed class LoopSocket : Stream, ILoopMember
{
    private readonly SocketHandle _handle;
    private readonly EventLoop _loop;
    private readonly Readiness _readable = new();
    private Readiness? _writable;
    private volatile bool _hasHungUp;
    private int _isAborted;

    public LoopSocket(SocketHandle handle, EventLoop loop)
    {
        _handle = handle;
        _loop = loop;
        Slot = loop.Register(handle, this);
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Called once, when the connection has ended.</summary>
    public Action? Ended { get; set; }

    private LoopSlot Slot { get; }

    /// <summary>Reads what has come, or waits for something. With an empty buffer it waits only, and reads nothing.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return WaitUntilReadable();
        }

        return TryReceive(buffer.Span, out var count) ? new ValueTask<int>(count) : ReceiveLaterAsync(buffer);
    }

    /// <summary>Writes everything; what the network does not take at once, it writes as it can.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var sent = Send(buffer.Span);
        return sent == buffer.Length ? default : SendLaterAsync(buffer[sent..]);
    }

    /// <summary>Ends the connection, and every wait for it.</summary>
    public void Abort()
    {
        if (Interlocked.Exchange(ref _isAborted, 1) != 0)
        {
            return;
        }

        _loop.Unregister(Slot);
        _ = Native.Shutdown(_handle, Native.ShutdownBoth);
        _handle.Dispose();
        CancelRead();
        Volatile.Read(ref _writable)?.Signal();
        Ended?.Invoke();
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
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Abort();
        base.Dispose(disposing);
    }

    private static IOException CreateException(int error) => new(Marshal.GetPInvokeErrorMessage(error));

    private ValueTask<int> WaitUntilReadable()
    {
        if (_readable.TryStartWaiting())
        {
            return _readable.AsReading();
        }

        // There is more already. Others come first, or a client that never stops sending would have the thread for itself.
        _readable.StartWaiting();

        if (!_loop.TryPostpone(this))
        {
            _readable.Signal();
        }

        return _readable.AsReading();
    }

    private unsafe bool TryReceive(Span<byte> buffer, out int count)
    {
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

    private async ValueTask<int> ReceiveLaterAsync(Memory<byte> buffer)
    {
        int count;

        do
        {
            await WaitUntilReadable();
        }
        while (!TryReceive(buffer.Span, out count));

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
