using Salon.Supervision;

namespace Salon.Timing;

/// <summary>
/// All deadlines of a server on one timer: thousands of heartbeats cost a linked list each, not a timer each.
/// The lock protects the lanes; no deadline is called under it. One that fails is told to the guard: it ends neither the others of its round
/// nor, as an exception on a timer's thread would, the process. Thread-safe.
/// </summary>
internal sealed class DeadlineScheduler : IDisposable
{
    // The timers of .NET end at 49 days: what is due later is looked at again then.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(45);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, DeadlineLane> _lanes = [];
    private readonly TimeProvider _timeProvider;
    private readonly Guard _guard;
    private readonly ITimer _timer;
    private long _armedFor = long.MaxValue;
    private bool _isDisposed;

    public DeadlineScheduler(TimeProvider timeProvider, Guard guard)
    {
        (_timeProvider, _guard) = (timeProvider, guard);
        _timer = timeProvider.CreateTimer(static state => ((DeadlineScheduler)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Calls the deadline after the delay, in place of the time for which it was scheduled before.</summary>
    public void Schedule(Deadline deadline, TimeSpan delay) => Schedule(deadline, delay, since: null);

    /// <summary>
    /// Calls the deadline a delay after the time at which it was due last: what follows a timer is not late because the timer was.
    /// </summary>
    public void ScheduleNext(Deadline deadline, TimeSpan delay) => Schedule(deadline, delay, since: deadline.DueAt);

    /// <summary>Calls the deadline a delay after this time, a timestamp of the clock, which has passed: at once when the delay has, too.</summary>
    public void ScheduleSince(Deadline deadline, TimeSpan delay, long since) => Schedule(deadline, delay, (long?)since);

    public void Cancel(Deadline deadline)
    {
        lock (_gate)
        {
            deadline.Lane?.Remove(deadline);
        }
    }

    /// <summary>Whether the deadline's time has come, even if the timer has not noticed yet.</summary>
    public bool IsDue(Deadline deadline)
    {
        lock (_gate)
        {
            return deadline.Lane is not null && deadline.DueAt <= _timeProvider.GetTimestamp();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
        }
    }

    private void Schedule(Deadline deadline, TimeSpan delay, long? since)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            deadline.Lane?.Remove(deadline);

            var now = _timeProvider.GetTimestamp();
            GetLane(ToTimestampTicks(delay)).Add(deadline, since ?? now);

            if (deadline.DueAt < _armedFor)
            {
                Arm(deadline.DueAt, now);
            }
        }
    }

    private void OnTimer()
    {
        foreach (var deadline in TakeDue())
        {
            try
            {
                deadline.OnDue();
            }
            catch (Exception exception)
            {
                _guard.Fail(nameof(Deadline), exception);
            }
        }
    }

    private List<Deadline> TakeDue()
    {
        var due = new List<Deadline>();

        lock (_gate)
        {
            var now = _timeProvider.GetTimestamp();
            var next = long.MaxValue;

            foreach (var (delay, lane) in _lanes)
            {
                while (lane.First is { } first && first.DueAt <= now)
                {
                    lane.Remove(first);
                    due.Add(first);
                }

                if (lane.First is { } waiting)
                {
                    next = Math.Min(next, waiting.DueAt);
                }
                else
                {
                    // Removing while enumerating is allowed; without it, every length ever used would stay.
                    _lanes.Remove(delay);
                }
            }

            _armedFor = long.MaxValue;

            if (next != long.MaxValue && !_isDisposed)
            {
                Arm(next, now);
            }
        }

        return due;
    }

    private DeadlineLane GetLane(long delay)
    {
        if (!_lanes.TryGetValue(delay, out var lane))
        {
            lane = new DeadlineLane(delay);
            _lanes.Add(delay, lane);
        }

        return lane;
    }

    private void Arm(long dueAt, long now)
    {
        _armedFor = dueAt;

        // Rounded up to whole milliseconds, the timer's own resolution: waking too early would mean waking twice.
        var milliseconds = Math.Ceiling(Math.Max(0, dueAt - now) * 1000.0 / _timeProvider.TimestampFrequency);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Min(milliseconds, LongestWait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    // "Never" may be said with the longest time there is, to which no time of day can be added.
    private long ToTimestampTicks(TimeSpan delay) => (long)Math.Min(delay.TotalSeconds * _timeProvider.TimestampFrequency, long.MaxValue / 4);
}
