using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Salon.EngineIO.EventLoops;

/// <summary>
/// One thread that waits for all sockets that were given to it, and handles what comes right there. What is written meanwhile leaves at
/// the end of the round, so that many messages for one client leave together. When a handler does not come back, another thread takes over.
/// Thread-safe.
/// </summary>
internal sealed partial class EventLoop
{
    // More handlers than these at once make their loop wait.
    private const int MaxHeldThreads = 64;

    [ThreadStatic]
    private static EventLoop? t_loop;

    [ThreadStatic]
    private static int t_owner;

    private readonly LoopWatchdog _watchdog;
    private readonly ILogger _logger;
    private readonly SlotTable _members = new();
    private readonly LoopRound _round = new();
    private readonly SocketHandle _epoll = new(Native.CreateEPoll(Native.CloseOnExec));
    private readonly SocketHandle _end = new(Native.CreateEvent(0, Native.CloseOnExec));
    private int _heldThreads;
    private int _isReplacing;
    private int _hasEnd;
    private volatile bool _isEnding;

    /// <exception cref="IOException">The process may not have more descriptors.</exception>
    public EventLoop(LoopWatchdog watchdog, ILogger logger)
    {
        (_watchdog, _logger) = (watchdog, logger);

        if (_epoll.IsInvalid || _end.IsInvalid || EPollEvents.Add(_epoll, _end, Native.EPollIn, default) < 0)
        {
            throw new IOException($"The system gives no event loop: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    /// <summary>The loop of this thread, if it has one.</summary>
    public static EventLoop? Current => t_loop;

    /// <summary>Whether it is in the middle of a round.</summary>
    public bool IsBusy => !_round.IsWaiting;

    /// <inheritdoc cref="LoopRound.Lag"/>
    public TimeSpan Lag => _round.Lag;

    /// <inheritdoc cref="LoopRound.Steps"/>
    public long Steps => _round.Steps;

    /// <summary>Does something at the end of this thread's round; returns <see langword="false"/> when the thread has none.</summary>
    public static bool TryDefer(ILoopWork work) => t_loop is { } loop && loop._round.TryDefer(t_owner, work);

    public void Start() => StartThread(() => Run(owner: 0));

    /// <summary>Ends every connection and the thread; calling it again changes nothing.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _hasEnd, 1) == 0)
        {
            // In this order: once it is marked, the loop may close the descriptor. The event is never read, so it cannot be missed.
            _ = Native.WriteEvent(_end, 1);
            _isEnding = true;
        }
    }

    /// <summary>Watches a descriptor from here on.</summary>
    public LoopSlot Register(SocketHandle handle, ILoopMember member)
    {
        const uint Events = Native.EPollIn | Native.EPollOut | Native.EPollReadHangUp | Native.EPollEdgeTriggered;
        var slot = _members.Add(member);

        if (EPollEvents.Add(_epoll, handle, Events, slot) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            _members.Remove(slot);
            throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        }

        return slot;
    }

    /// <summary>Forgets a descriptor, which is about to be closed: the kernel forgets it then.</summary>
    public void Unregister(LoopSlot slot) => _members.Remove(slot);

    /// <summary>Lets others come first on this thread; returns <see langword="false"/> when it is not this loop's.</summary>
    public bool TryPostpone(LoopSocket socket) => t_loop == this && _round.TryPostpone(t_owner, socket);

    /// <summary>Lets another thread go on, because a handler holds this one.</summary>
    /// <returns>Whether it does; not when too many threads are held already, or the system gives no more.</returns>
    public bool TryReplaceThread()
    {
        if (Volatile.Read(ref _heldThreads) >= MaxHeldThreads)
        {
            return false;
        }

        if (Interlocked.Exchange(ref _isReplacing, 1) != 0)
        {
            return true;
        }

        try
        {
            // The new thread takes the round by itself: a round without a thread would wait for ever.
            StartThread(TakeOver);
            return true;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            Volatile.Write(ref _isReplacing, 0);
            return false;
        }
    }

    private static void StartThread(ThreadStart run) => new Thread(run) { IsBackground = true, Name = "Salon I/O" }.UnsafeStart();

    private void TakeOver()
    {
        var isTaken = _round.TryChangeOwner(out var owner);
        Volatile.Write(ref _isReplacing, 0);

        if (isTaken)
        {
            Interlocked.Increment(ref _heldThreads);
            Run(owner);
        }
    }

    private void Run(int owner)
    {
        (t_loop, t_owner) = (this, owner);

        do
        {
            // The first time, this is what the thread before left of its round.
            while (_round.TryTake(owner, out var step))
            {
                Take(step);
            }

            if (_isEnding && _round.TryEnd(owner))
            {
                Dispose();
                return;
            }
        }
        while (_round.TryRefill(owner, _epoll, _watchdog));

        Interlocked.Decrement(ref _heldThreads);
    }

    private void Take(in LoopStep step)
    {
        try
        {
            if (step.Work is { } work)
            {
                work.Run();
            }
            else if (step.Postponed is { } socket)
            {
                socket.CancelRead();
            }
            else
            {
                _members.Find(step.Slot)?.OnEvents(step.Events);
            }
        }
        catch (Exception exception)
        {
            // Nobody is above this thread, and it serves others.
            Log.StepFailed(_logger, exception);
        }
    }

    private void Dispose()
    {
        t_loop = null;

        foreach (var member in _members.Copy())
        {
            member.Abort();
        }

        _epoll.Dispose();
        _end.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Something failed on the thread that reads from clients.", EventName = nameof(StepFailed))]
        public static partial void StepFailed(ILogger logger, Exception exception);
    }
}
