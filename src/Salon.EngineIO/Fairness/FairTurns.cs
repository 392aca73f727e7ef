using System.Net;
using Microsoft.Extensions.Logging;
using Salon.EngineIO.Diagnostics;
using Salon.Http;
using Salon.Timing;

namespace Salon.EngineIO.Fairness;

/// <summary>
/// Whose turn it is when there is more to do than can be done at once. As long as nothing is late, everybody goes on at once and nobody is
/// counted. When things are late, what comes is counted by address, and who sends more than the level is read no further until it has waited
/// for what it had; nothing is refused or lost, since the network holds it back. The level falls as long as things are late, and rises again
/// when they are not, so that those who send most wait first, and those who send little notice nothing. As a deadline, it is the next look at
/// how late things are; it sleeps while nothing comes. Thread-safe.
/// </summary>
internal sealed partial class FairTurns(
    DeadlineScheduler deadlines,
    TimeProvider time,
    Func<TimeSpan> measureLag,
    Func<ClientAddress, int> countSessions,
    EngineIOMetrics metrics,
    ILogger logger) : Deadline
{
    /// <summary>What a message costs besides its bytes.</summary>
    public const int MessageCost = 1_000;

    /// <summary>What a WebSocket's own ping or pong costs.</summary>
    public const int ControlCost = 100;

    /// <summary>What a request costs besides its bytes.</summary>
    public const int RequestCost = 2_000;

    /// <summary>What a new session or a WebSocket costs.</summary>
    public const int HandshakeCost = 5_000;

    // So many requests of an address wait for their turn; the next is told to come back later.
    private const int MaxWaitingRequests = 50;

    // What came may be in the hands of a handler for long, which is when it gets late.
    private const int LooksUntilSleep = 20;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(5);

    // So late is a timer anyway: those of Windows step by 15.6 ms.
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(OperatingSystem.IsWindows() ? 16 : 0);

    private readonly TurnAccounts _accounts = new();
    private readonly TurnLevel _level = new();
    private readonly OnceAMinute _telling = new(time);
    private int _quietLooks;
    private long _lookedAt;
    private long _heldAt;
    private volatile bool _isUsed;
    private volatile bool _isCounting;
    private volatile bool _hasEnded;
    private int _isLooking;

    /// <summary>Whether it is counted who sends how much.</summary>
    public bool IsCounting => _isCounting;

    /// <summary>Something has come. Called for every read, so it only leaves a mark.</summary>
    /// <returns>Whether it is to be counted (<see cref="TakeAsync"/>).</returns>
    public bool MustCount()
    {
        if (!_isUsed)
        {
            _isUsed = true;
            StartLooking();
        }

        return _isCounting;
    }

    /// <summary>Counts what an address has sent, if things are late.</summary>
    /// <returns>A task that completes when it is the address's turn again. It never fails.</returns>
    public ValueTask TakeAsync(IPAddress? address, int cost)
    {
        TurnAccount? found = null;
        return TakeAsync(ref found, address, static address => address, cost);
    }

    /// <inheritdoc cref="TakeAsync(IPAddress?, int)"/>
    /// <param name="account">What was found the last time, so that nothing has to be found for every message.</param>
    /// <param name="client">Whose address it is.</param>
    /// <param name="getAddress">Gives the address, when it is needed.</param>
    /// <param name="cost">What was sent.</param>
    public ValueTask TakeAsync<T>(ref TurnAccount? account, T client, Func<T, IPAddress?> getAddress, int cost)
    {
        if (!MustCount())
        {
            return default;
        }

        if (account is { } known && known.TryTake(cost, out var turn))
        {
            return turn is null ? default : HoldBack(turn);
        }

        account = _accounts.Take(ClientAddress.Of(getAddress(client)), cost, out turn);
        return turn is null ? default : HoldBack(turn);
    }

    /// <summary>Whether so many requests of an address wait already that another is to come back later.</summary>
    public bool IsCrowded(IPAddress? address) =>
        _isCounting && _accounts.CountWaiting(ClientAddress.Of(address)) >= MaxWaitingRequests;

    /// <summary>Lets everybody go on, and nobody wait any more.</summary>
    public void End()
    {
        _hasEnded = true;
        Calm();
    }

    protected internal override void OnDue()
    {
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_lookedAt, now);
        var (lag, lateness) = (measureLag(), elapsed - Period - Resolution);

        Look(lag > lateness ? lag : lateness, elapsed);
        _lookedAt = now;

        _quietLooks = _isUsed || _isCounting ? 0 : _quietLooks + 1;

        if (_hasEnded)
        {
            // Again, since this look may have come between.
            Calm();
            return;
        }

        if (_quietLooks > LooksUntilSleep)
        {
            StopLooking();
            return;
        }

        _isUsed = false;
        deadlines.Schedule(this, Period);
    }

    private void Look(TimeSpan lag, TimeSpan elapsed)
    {
        if (!_isCounting)
        {
            if (_level.IsLateAgain(lag) && !_hasEnded)
            {
                _heldAt = time.GetTimestamp();
                _isCounting = true;
            }

            return;
        }

        _level.Change(lag, _accounts.GetUsage(), elapsed);
        _accounts.Settle(address => _level.Of(countSessions(address)), _level.Of(sessions: 0), elapsed);

        if (time.GetElapsedTime(Volatile.Read(ref _heldAt)) > QuietTime && !TurnLevel.IsLate(lag))
        {
            Calm();
        }
    }

    private ValueTask HoldBack(Task turn)
    {
        Volatile.Write(ref _heldAt, time.GetTimestamp());
        metrics.OnHeldBack();

        if (_telling.TryTake())
        {
            Log.HeldBack(logger);
        }

        if (!_isCounting)
        {
            // Calmed down meanwhile, perhaps before this was there to be let go.
            _accounts.ReleaseAll();
        }

        return new ValueTask(turn);
    }

    private void StartLooking()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) == 0)
        {
            _lookedAt = time.GetTimestamp();
            deadlines.Schedule(this, Period);
        }
    }

    private void StopLooking()
    {
        Interlocked.Exchange(ref _isLooking, 0);

        // Who came between the look and here has left its mark, and counts on it.
        if (_isUsed && !_hasEnded)
        {
            StartLooking();
        }
    }

    private void Calm()
    {
        _isCounting = false;
        _level.Reset();
        _accounts.ReleaseAll();
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "There is more to do than can be done at once: addresses that send most are read more slowly than they send. It will be said again in a minute at the earliest.",
            EventName = nameof(HeldBack))]
        public static partial void HeldBack(ILogger logger);
    }
}
