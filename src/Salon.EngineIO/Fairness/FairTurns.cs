using System.Collections.Concurrent;
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

    // All further ones share an account.
    private const int MaxAccounts = 100_000;

    // What came may be in the hands of a handler for long, which is when it gets late.
    private const int LooksUntilSleep = 20;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(5);

    // So late is a timer anyway: those of Windows step by 15.6 ms.
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(OperatingSystem.IsWindows() ? 16 : 0);

    private readonly ConcurrentDictionary<ClientAddress, TurnAccount> _accounts = new();
    private readonly TurnAccount _others = new();
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
    public ValueTask TakeAsync(IPAddress? address, int cost) => MustCount() ? CountAsync(ClientAddress.Of(address), cost) : default;

    /// <summary>Whether so many requests of an address wait already that another is to come back later.</summary>
    public bool IsCrowded(IPAddress? address) =>
        _isCounting && _accounts.TryGetValue(ClientAddress.Of(address), out var account) && account.Waiting >= MaxWaitingRequests;

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

        var usage = new TurnUsage();

        foreach (var (_, account) in _accounts)
        {
            usage.Add(account.Used);
        }

        usage.Add(_others.Used);
        _level.Change(lag, usage, elapsed);

        foreach (var (address, account) in _accounts)
        {
            if (account.Settle(_level.Of(countSessions(address)), elapsed))
            {
                ForgetIfIdle(address, account);
            }
        }

        _others.Settle(_level.Of(sessions: 0), elapsed);

        if (time.GetElapsedTime(Volatile.Read(ref _heldAt)) > QuietTime && !TurnLevel.IsLate(lag))
        {
            Calm();
        }
    }

    private ValueTask CountAsync(ClientAddress address, int cost)
    {
        Task? turn;

        while (!GetAccount(address).TryTake(cost, out turn))
        {
            // Removed at this moment.
        }

        if (turn is null)
        {
            return default;
        }

        Volatile.Write(ref _heldAt, time.GetTimestamp());
        metrics.OnHeldBack();

        if (_telling.TryTake())
        {
            Log.HeldBack(logger);
        }

        if (!_isCounting)
        {
            // Calmed down meanwhile, perhaps before this was there to be let go.
            ReleaseAll();
        }

        return new ValueTask(turn);
    }

    private TurnAccount GetAccount(ClientAddress address)
    {
        if (_accounts.TryGetValue(address, out var account))
        {
            return account;
        }

        return _accounts.Count >= MaxAccounts ? _others : _accounts.GetOrAdd(address, static _ => new TurnAccount());
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
        ReleaseAll();
    }

    private void ReleaseAll()
    {
        foreach (var (address, account) in _accounts)
        {
            account.Release();
            ForgetIfIdle(address, account);
        }

        _others.Release();
    }

    private void ForgetIfIdle(ClientAddress address, TurnAccount account)
    {
        if (account.TryRemove())
        {
            _accounts.TryRemove(new KeyValuePair<ClientAddress, TurnAccount>(address, account));
        }
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
