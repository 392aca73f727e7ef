using Microsoft.Extensions.Logging;
using Salon.Collections;

namespace Salon.Redis.Connections;

/// <summary>
/// The one timer of a client: timeouts and heartbeats are looked after some times in the shortest of their lengths, and cost nothing in
/// between. Thread-safe.
/// </summary>
internal sealed partial class Ticker : IDisposable
{
    private const int TicksInTimeout = 10;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    private readonly CopyOnWriteList<ITicking> _members = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private int _isTicking;

    public Ticker(RedisOptions options, TimeProvider time, ILogger logger)
    {
        (_time, _logger) = (time, logger);
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
                Tick(member, now);
            }
        }
        finally
        {
            Volatile.Write(ref _isTicking, 0);
        }
    }

    private void Tick(ITicking member, long now)
    {
        try
        {
            member.OnTick(now);
        }
        catch (Exception exception)
        {
            // Nobody is above a timer's thread, and one that fails each time shall not keep the others from their turn.
            Log.TickFailed(_logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Looking after the timeouts of Redis failed.", EventName = nameof(TickFailed))]
        public static partial void TickFailed(ILogger logger, Exception exception);
    }
}
