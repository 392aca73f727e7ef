using Microsoft.Extensions.Logging;

namespace Salon.EngineIO.EventLoops;

/// <summary>
/// Looks from time to time whether a handler holds the thread of a loop, and then lets another thread take over. It sleeps while nothing
/// happens. Thread-safe.
/// </summary>
internal sealed partial class LoopWatchdog(ILogger logger)
{
    private const int PeriodInMilliseconds = 20;
    private const int PeriodsUntilSleep = 50;

    private readonly AutoResetEvent _wake = new(initialState: false);
    private volatile bool _isAsleep;
    private volatile bool _hasSeenRound;
    private volatile bool _isEnding;
    private bool _isShort;

    public void Start(EventLoop[] loops) =>
        new Thread(() => Watch(loops)) { IsBackground = true, Name = "Salon I/O watchdog" }.UnsafeStart();

    public void End()
    {
        _isEnding = true;
        _wake.Set();
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

        while (!_isEnding)
        {
            quietPeriods = _hasSeenRound ? 0 : quietPeriods + 1;
            _hasSeenRound = false;

            if (quietPeriods > PeriodsUntilSleep)
            {
                Sleep(loops);
            }

            Thread.Sleep(PeriodInMilliseconds);

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

        // The event stays: loops may still be in their last round.
    }

    private void Sleep(EventLoop[] loops)
    {
        _isAsleep = true;
        Interlocked.MemoryBarrier();

        // A round that started a moment ago may not have seen that this sleeps, and one that is held must be watched.
        if (!_hasSeenRound && !_isEnding && !Array.Exists(loops, static loop => loop.IsBusy))
        {
            _wake.WaitOne();
        }

        _isAsleep = false;
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
