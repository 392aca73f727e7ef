using Microsoft.Extensions.Logging;
using Salon.Timing;

namespace Salon.EngineIO.Sessions;

/// <summary>
/// Says that clients were closed as too slow: the first at once, those of the minute after it together at its end. The lock protects all
/// fields; nothing is logged under it. Thread-safe.
/// </summary>
internal sealed partial class SlowClientLog(ILogger logger, DeadlineScheduler deadlines, long maxBytes) : Deadline
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private int _untold;
    private bool _isPausing;

    public void OnClosed()
    {
        lock (_gate)
        {
            _untold++;

            if (_isPausing)
            {
                return;
            }

            _isPausing = true;
        }

        Tell();
    }

    protected internal override void OnDue()
    {
        lock (_gate)
        {
            _isPausing = _untold > 0;

            if (!_isPausing)
            {
                return;
            }
        }

        Tell();
    }

    private void Tell()
    {
        int count;

        lock (_gate)
        {
            (count, _untold) = (_untold, 0);
        }

        deadlines.Schedule(this, Pause);
        Log.ClosedAsTooSlow(logger, count, maxBytes);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "Clients were closed because they read more slowly than the server sends: {Count} since this was last said. {MaxBytes} bytes may wait for each (MaxSendQueueBytes).",
            EventName = nameof(ClosedAsTooSlow))]
        public static partial void ClosedAsTooSlow(ILogger logger, int count, long maxBytes);
    }
}
