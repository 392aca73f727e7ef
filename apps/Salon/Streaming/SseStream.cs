using System.IO.Pipelines;
using Salon.Timing;

namespace Salon.App.Streaming;

/// <summary>
/// One event stream. It has neither a loop nor a task that waits: whoever has something for it (news, the timer, the network that takes
/// bytes again) does what is to be done, one at a time. While the network takes nothing, nothing is written or kept; what came meanwhile is
/// then conflated. As a deadline, it is its heartbeat. The lock protects its end: the request's objects may serve another request after it.
/// </summary>
internal sealed class SseStream(FeedCursor cursor, PipeWriter writer, SseStreams streams, Action abort) : Deadline, IFeedReader
{
    // Some snapshots of a page, and little enough that a reader who stops has not been given much.
    private const int MaxUnflushed = 32 * 1024;

    // What is to be done, and whether somebody is at it. At the end somebody stays at it: nobody writes any more.
    private const int Busy = 1;
    private const int News = 2;
    private const int Beat = 4;
    private const int Ending = 8;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _endsAt = streams.ChooseEnd();
    private ValueTask<FlushResult> _flushing;
    private Action? _onFlushed;
    private SseOutput _output = new(writer);

    // Whoever begins is at it first: news that come before wait for it.
    private int _todo = Busy | News;
    private volatile bool _isBlocked;
    private bool _isClosed;

    /// <summary>Completes when nobody writes to it any more; fails when something else than the client did.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins: tells when to come back, and what is there.</summary>
    public void Start()
    {
        _output.Write(streams.CreateRetry());
        streams.ScheduleHeartbeat(this);
        Run();
    }

    public void OnNews() => Do(News);

    public void OnEnd() => End();

    /// <summary>Ends the stream after what is being written; a client that does not even take that loses its connection.</summary>
    public void End()
    {
        Do(Ending);

        if (_isBlocked)
        {
            Abort();
        }
    }

    /// <summary>Leaves the request alone from here on.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            streams.CancelHeartbeat(this);
        }
    }

    protected internal override void OnDue()
    {
        if (streams.IsOver(_endsAt))
        {
            End();
            return;
        }

        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            streams.ScheduleHeartbeat(this);
        }

        Do(Beat);
    }

    private void Abort()
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                abort();
            }
        }
    }

    private void Do(int what)
    {
        // Whoever is at it sees what was added, and does it.
        if ((Interlocked.Or(ref _todo, what | Busy) & Busy) == 0)
        {
            Run();
        }
    }

    private void Run()
    {
        try
        {
            while (TryWrite() && TryFlush())
            {
            }
        }
        catch (Exception exception)
        {
            // Nobody is above: this may be the timer's thread. The request tells what went wrong.
            _ended.TrySetException(exception);
        }
    }

    /// <summary>Writes what is to be written, up to a bound.</summary>
    /// <returns>Whether something was; if not, nobody is at it any more, or it is the end.</returns>
    private bool TryWrite()
    {
        while (true)
        {
            var todo = Interlocked.And(ref _todo, Busy);

            if ((todo & Ending) != 0)
            {
                _ended.TrySetResult();
                return false;
            }

            if (!TryWriteEvents())
            {
                // The rest after a flush; and then the heartbeat, which tells how far the reader is.
                Interlocked.Or(ref _todo, todo | News);
                return true;
            }

            if ((todo & Beat) != 0)
            {
                _output.Write(cursor.Position is { } position ? SseFormat.HeartbeatAt(position) : SseFormat.Heartbeat);
            }

            if (_output.Unflushed > 0)
            {
                return true;
            }

            if (Interlocked.CompareExchange(ref _todo, 0, Busy) == Busy)
            {
                return false;
            }
        }
    }

    /// <returns><see langword="false"/> when there are more.</returns>
    private bool TryWriteEvents()
    {
        while (_output.Unflushed < MaxUnflushed)
        {
            if (!cursor.TryTake(out var next))
            {
                return true;
            }

            _output.Write(next.Sse.Span);
        }

        return false;
    }

    /// <returns>Whether to go on; if not, it goes on by itself when the network takes bytes again, or it is the end.</returns>
    private bool TryFlush()
    {
        // It is read once: here, or by whoever goes on when it has completed. As a task it would be an allocation for each reader and event.
#pragma warning disable CA2012
        _flushing = _output.FlushAsync();
#pragma warning restore CA2012

        if (_flushing.IsCompleted)
        {
            return IsOpen(_flushing.Result);
        }

        _isBlocked = true;
        Interlocked.MemoryBarrier();

        if ((Volatile.Read(ref _todo) & Ending) != 0)
        {
            // Whoever told it to end did so before it was seen to wait.
            Abort();
        }

        _flushing.GetAwaiter().UnsafeOnCompleted(_onFlushed ??= OnFlushed);
        return false;
    }

    private bool IsOpen(FlushResult flushed)
    {
        if (flushed.IsCompleted)
        {
            _ended.TrySetResult();
        }

        return !flushed.IsCompleted;
    }

    private void OnFlushed()
    {
        _isBlocked = false;

        try
        {
            if (!IsOpen(_flushing.Result))
            {
                return;
            }

            cursor.Conflate();
        }
        catch (Exception exception)
        {
            _ended.TrySetException(exception);
            return;
        }

        Run();
    }
}
