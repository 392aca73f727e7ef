using Microsoft.Extensions.Logging;
using Salon.Collections;

namespace Salon.EngineIO.EventLoops;

/// <summary>
/// Looks from time to time whether a handler holds the thread of a loop, and then lets another thread take over; and ends the pauses of
/// listeners, for which its thread is there already when the system gives nothing more. It sleeps while nothing happens. Thread-safe.
/// </summary>
internal sealed partial class LoopWatchdog(ILogger logger)
{
    private const int PeriodInMilliseconds = 20;
    private const int PeriodsUntilSleep = 50;
    private const int PeriodsOfAPause = 25;

    private readonly CopyOnWriteList<LoopListener> _listeners = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private volatile bool _isAsleep;
    private volatile bool _hasSeenRound;
    private volatile bool _isEnding;
    private volatile bool _hasPause;
    private bool _isShort;

    public void Start(EventLoop[] loops) =>
        new Thread(() => Watch(loops)) { IsBackground = true, Name = "Salon I/O watchdog" }.UnsafeStart();

    public void End()
    {
        _isEnding = true;
        _wake.Set();
    }

    public void Add(LoopListener listener) => _listeners.Add(listener);

    public void Remove(LoopListener listener) => _listeners.RemoveAll(other => other == listener);

    /// <summary>A listener pauses: its next try follows after some periods.</summary>
    public void OnPause()
    {
        _hasPause = true;
        OnRound();
    }

    /// <summary>Replaces the threads of those loops that are busy with the same step as when it was looked last.</summary>
    /// <param name="loops">The loops.</param>
    /// <param name="steps">How many steps each had taken then.</param>
    public void Look(EventLoop[] loops, long[] steps)
    {
        for (var i = 0; i < loops.Length; i++)
        {
            var now = loops[i].Steps;

            if (loops[i].IsBusy && now == steps[i])
            {
                Replace(loops[i]);
            }

            steps[i] = now;
        }
    }

    /// <summary>A loop starts a round. Called often, so it only leaves a mark.</summary>
    public void OnRound()
    {
        if (!_hasSeenRound)
        {
            _hasSeenRound = true;
            Interlocked.MemoryBarrier();

            if (_isAsleep)
            {
                _wake.Set();
            }
        }
    }

    private void Watch(EventLoop[] loops)
    {
        var steps = new long[loops.Length];
        var quietPeriods = 0;
        var periods = 0;

        while (!_isEnding)
        {
            quietPeriods = _hasSeenRound ? 0 : quietPeriods + 1;
            _hasSeenRound = false;

            if (quietPeriods > PeriodsUntilSleep)
            {
                Sleep(loops);
            }

            Thread.Sleep(PeriodInMilliseconds);

            Look(loops, steps);

            if (_hasPause && ++periods % PeriodsOfAPause == 0)
            {
                EndPauses();
            }
        }

        // The event stays: loops may still be in their last round.
    }

    private void Sleep(EventLoop[] loops)
    {
        _isAsleep = true;
        Interlocked.MemoryBarrier();

        // A round that started a moment ago may not have seen that this sleeps, and one that is held must be watched.
        if (!_hasSeenRound && !_hasPause && !_isEnding && !Array.Exists(loops, static loop => loop.IsBusy))
        {
            _wake.WaitOne();
        }

        _isAsleep = false;
    }

    private void EndPauses()
    {
        // Before looking: who pauses from here on says so again.
        _hasPause = false;
        Interlocked.MemoryBarrier();

        foreach (var listener in _listeners.Items)
        {
            try
            {
                listener.EndPause();
            }
            catch (Exception)
            {
                // A logger that fails, or no memory: the next time.
                _hasPause = true;
            }
        }
    }

    private void Replace(EventLoop loop)
    {
        var isReplaced = loop.TryReplaceThread();

        try
        {
            if (isReplaced)
            {
                Log.ThreadHeld(logger);
            }
            else if (!_isShort)
            {
                Log.TooManyThreadsHeld(logger);
            }
        }
        catch (Exception)
        {
            // A logger that fails; it would be asked to log that, too. The loops must be watched in any case.
        }

        _isShort = !isReplaced;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "A handler holds a thread that reads from clients, and another thread took over. Await what takes long.", EventName = nameof(ThreadHeld))]
        public static partial void ThreadHeld(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "Handlers hold so many threads that clients have to wait for them.", EventName = nameof(TooManyThreadsHeld))]
        public static partial void TooManyThreadsHeld(ILogger logger);
    }
}
