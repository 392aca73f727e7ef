using Salon.Collections;
using Salon.Supervision;

namespace Salon.Redis.Connections;

/// <summary>
/// The one timer of a client: timeouts and heartbeats are looked after some times in the shortest of their lengths, and cost nothing in
/// between. Thread-safe.
/// </summary>
internal sealed class Ticker : IDisposable
{
    private const int TicksInTimeout = 10;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    private readonly CopyOnWriteList<ITicking> _members = new();
    private readonly TimeProvider _time;
    private readonly Guard _guard;
    private readonly ITimer _timer;
    private int _isTicking;

    public Ticker(RedisOptions options, TimeProvider time, Guard guard)
    {
        (_time, _guard) = (time, guard);
        TimeSpan[] lengths = [Longest, options.CommandTimeout / TicksInTimeout, options.HeartbeatInterval / TicksInTimeout, options.HeartbeatTimeout / TicksInTimeout];
        var period = lengths.Min() < Shortest ? Shortest : lengths.Min();
        _timer = time.CreateTimer(static state => ((Ticker)state!).OnTimer(), this, period, period);
    }

    public void Add(ITicking member) => _members.Add(member);

    public void Remove(ITicking member) => _members.RemoveAll(other => other == member);

    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        // A slow tick may be overtaken by the next.
        if (Interlocked.Exchange(ref _isTicking, 1) != 0)
        {
            return;
        }

        try
        {
            var now = _time.GetTimestamp();

            foreach (var member in _members.Items)
            {
                // Nobody is above a timer's thread, and one that fails each time shall not keep the others from their turn.
                _guard.Call("ITicking.OnTick", (member, now), static tick => tick.member.OnTick(tick.now));
            }
        }
        finally
        {
            Volatile.Write(ref _isTicking, 0);
        }
    }
}
