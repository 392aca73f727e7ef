using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.Redis;

namespace Salon.SocketIO.Redis;

/// <summary>
/// What Redis refuses at this moment although it can be reached: its memory is full, it cannot save, it is a replica, or its rules forbid the
/// command, the key or the channel. Each is said once, with what is at stake, and once when it works again. To be asked for from the
/// services; an app that uses the same Redis may tell its own. Thread-safe.
/// </summary>
public sealed partial class RedisRefusals
{
    // What is allowed for some channels and not for others comes and goes with each message, and is said no more often than this.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Refusal> _refusals = new(StringComparer.Ordinal);
    private readonly Counter<long> _counter;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private volatile int _current;
    private long _count;

    internal RedisRefusals(IServiceProvider services, ILogger logger, TimeProvider time)
    {
        var meter = services.GetService<IMeterFactory>()?.Create(RedisMetrics.MeterName) ?? new Meter(RedisMetrics.MeterName);
        _counter = meter.CreateCounter<long>("salon.redis.refused", "{command}", "Commands that Redis refused although it could be reached.");
        (_logger, _time) = (logger, time);
    }

    /// <summary>Whether anything is refused.</summary>
    public bool Any => _current > 0;

    /// <summary>How many commands were refused since the start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>What is refused: names such as <c>publish socket.io</c> or <c>lease</c>.</summary>
    public IReadOnlyList<string> Current
    {
        get
        {
            lock (_gate)
            {
                return [.. _refusals.Where(static refusal => refusal.Value.IsCurrent).Select(static refusal => refusal.Key).Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Redis has refused something.</summary>
    /// <param name="what">What was tried: one of few names, which the log and the counter show.</param>
    /// <param name="atStake">What it means for people, as a sentence without a full stop.</param>
    /// <param name="refusal">What Redis said.</param>
    public void OnRefused(string what, string atStake, RedisServerException refusal)
    {
        ArgumentNullException.ThrowIfNull(what);
        ArgumentNullException.ThrowIfNull(refusal);

        Interlocked.Increment(ref _count);
        _counter.Add(1, new KeyValuePair<string, object?>("operation", what));

        lock (_gate)
        {
            var known = _refusals.TryGetValue(what, out var found);

            if (found is { IsCurrent: true, IsSaid: true })
            {
                return;
            }

            // One that came too soon after the last to be said is said later, if it stays.
            var isSaid = !known || _time.GetElapsedTime(found.SaidAt) > Interval;
            _refusals[what] = new Refusal(IsCurrent: true, isSaid, isSaid ? _time.GetTimestamp() : found.SaidAt);
            _current += found.IsCurrent ? 0 : 1;

            if (!isSaid)
            {
                return;
            }
        }

        Log.Refused(_logger, what, refusal.Message, atStake);
    }

    /// <summary>Redis has taken something: if it was refused before, it works again.</summary>
    /// <param name="what">What was tried.</param>
    public void OnTaken(string what)
    {
        if (_current == 0)
        {
            return;
        }

        lock (_gate)
        {
            if (!_refusals.TryGetValue(what, out var found) || !found.IsCurrent)
            {
                return;
            }

            _refusals[what] = found with { IsCurrent = false };
            _current--;

            if (!found.IsSaid)
            {
                return;
            }
        }

        Log.Taken(_logger, what);
    }

    private readonly record struct Refusal(bool IsCurrent, bool IsSaid, long SaidAt);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Redis refuses ({What}): {Error}. {AtStake}. It is tried again, and said when it works.", EventName = nameof(Refused))]
        public static partial void Refused(ILogger logger, string what, string error, string atStake);

        [LoggerMessage(2, LogLevel.Information, "Redis takes it again ({What}).", EventName = nameof(Taken))]
        public static partial void Taken(ILogger logger, string what);
    }
}
