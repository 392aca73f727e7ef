using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Salon.Redis;
using Salon.SocketIO.Clustering;
using Salon.Supervision;

namespace Salon.SocketIO.Redis;

/// <summary>
/// Which servers of this kind are there: each renews a lease in Redis, whose clock decides, and learns at the same time whose leases hold.
/// While Redis cannot be asked, everything is as it was last. Thread-safe; events are raised by one task, in order.
/// </summary>
internal sealed partial class RedisMembers : IClusterMembers, IAsyncDisposable
{
    // One step, so that nobody sees a server between two leases. ARGV: this server, and its lease in ms.
    private static readonly RedisScript Renew = new("""
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local isNew = redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
        redis.call('PEXPIRE', KEYS[1], ARGV[2] * 10)
        return { isNew, redis.call('ZRANGE', KEYS[1], 0, -1) }
        """);

    private const string Lease = "lease";

    // Whoever asks for sessions that never were must not make Redis work.
    private static readonly TimeSpan MinRefreshInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RefreshTimeout = TimeSpan.FromSeconds(2);

    private readonly RedisClient _client;
    private readonly string _key;
    private readonly TimeSpan _lease;
    private readonly RedisRefusals _refusals;
    private readonly Guard _guard;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _renewing;
    private FrozenSet<string> _others = [];
    private TaskCompletionSource _refreshWanted = CreateSignal();
    private TaskCompletionSource _refreshed = CreateSignal();
    private Task<bool>? _tick;
    private bool _hasFailed;
    private bool _isRegistered;
    private long _restoredAt;
    private int _isDisposed;

    public RedisMembers(RedisClient client, RedisAdapterOptions options, RedisRefusals refusals, Guard guard, TimeProvider time, ILogger logger)
    {
        (_client, _refusals, _guard, _time, _logger) = (client, refusals, guard, time, logger);
        _key = $"{options.KeyPrefix}:members";
        _lease = options.MemberTimeout;
        _renewing = guard.KeepRunningAsync("RedisMembers", RenewAsync, time, _end.Token);
    }

    public event Action<string>? Left;

    public event Action<string>? Joined;

    // As long as the ids of the reference's cluster adapters.
    public string Self { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    public IReadOnlyCollection<string> Others => Volatile.Read(ref _others);

    /// <summary>
    /// Looks who is there now, for somebody who came a moment ago. Many who ask at a time share an answer. Without Redis, it gives up
    /// after a while, and nothing has changed.
    /// </summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var refreshed = Volatile.Read(ref _refreshed).Task;
        Volatile.Read(ref _refreshWanted).TrySetResult();
        await refreshed.WaitAsync(RefreshTimeout, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        // Both its owner and the app's services end it.
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _end.CancelAsync();
        await _renewing;
        _end.Dispose();

        try
        {
            // The others need not wait for the end of the lease.
            await _client.SortedSetRemoveAsync(_key, Self).WaitAsync(TimeSpan.FromSeconds(1), _time);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            Log.NotLeft(_logger, exception);
        }
    }

    private async Task RenewAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_lease / 4, _time);
        _tick = null;
        long startedAt;

        do
        {
            // Those who ask from here on get the next answer: this one may be too old for them. In this order, or a wish gets lost.
            startedAt = _time.GetTimestamp();
            Volatile.Write(ref _refreshWanted, CreateSignal());
            var refreshed = Interlocked.Exchange(ref _refreshed, CreateSignal());

            try
            {
                var reply = await _client.ScriptAsync(Renew, [_key], [Self, (long)_lease.TotalMilliseconds], stopping);
                _refusals.OnTaken(Lease);
                var members = reply.Items[1].Items.Select(static item => item.Text ?? "").Where(id => id.Length > 0 && id != Self).ToFrozenSet(StringComparer.Ordinal);

                if (_hasFailed || (reply.Items[0].Number == 1 && _isRegistered))
                {
                    // Redis was away, or has forgotten everything: it may have been started again between two rounds.
                    (_hasFailed, _restoredAt) = (false, _time.GetTimestamp());
                }

                _isRegistered = true;

                // After an outage the others need a lease's time to come back too, before they count as gone.
                var isSettled = _restoredAt == 0 || _time.GetElapsedTime(_restoredAt) > _lease;
                Change(isSettled ? members : [.. members, .. _others]);
            }
            catch (RedisServerException exception)
            {
                _hasFailed = true;
                _refusals.OnRefused(Lease, "The other servers take this one for gone, and polls that arrive at them for its clients fail", exception);
            }
            catch (RedisException exception)
            {
                if (!_hasFailed)
                {
                    _hasFailed = true;
                    Log.NotRenewed(_logger, exception);
                }
            }
            finally
            {
                // Whoever waits for it goes on with what is known.
                refreshed.TrySetResult();
            }
        }
        while (await WaitAsync(timer, startedAt, stopping));
    }

    private async Task<bool> WaitAsync(PeriodicTimer timer, long lastStartedAt, CancellationToken stopping)
    {
        try
        {
            _tick ??= timer.WaitForNextTickAsync(stopping).AsTask();

            if (await Task.WhenAny(_tick, Volatile.Read(ref _refreshWanted).Task) == _tick)
            {
                var isOn = await _tick;
                _tick = null;
                return isOn;
            }

            if (MinRefreshInterval - _time.GetElapsedTime(lastStartedAt) is { Ticks: > 0 } tooSoon)
            {
                await Task.Delay(tooSoon, _time, stopping);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static TaskCompletionSource CreateSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(IEnumerable<string> members)
    {
        var before = _others;
        var now = members.ToFrozenSet(StringComparer.Ordinal);
        Volatile.Write(ref _others, now);

        foreach (var id in now.Where(id => !before.Contains(id)))
        {
            Log.Joined(_logger, id, now.Count + 1);
            _guard.Raise("IClusterMembers.Joined", Joined, id);
        }

        foreach (var id in before.Where(id => !now.Contains(id)))
        {
            Log.Left(_logger, id, now.Count + 1);
            _guard.Raise("IClusterMembers.Left", Left, id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Server {Id} has joined the cluster; there are {Count}.", EventName = nameof(Joined))]
        public static partial void Joined(ILogger logger, string id, int count);

        [LoggerMessage(2, LogLevel.Information, "Server {Id} has left the cluster; there are {Count}.", EventName = nameof(Left))]
        public static partial void Left(ILogger logger, string id, int count);

        [LoggerMessage(3, LogLevel.Warning, "The lease in the cluster could not be renewed; the other servers count as they did.", EventName = nameof(NotRenewed))]
        public static partial void NotRenewed(ILogger logger, Exception exception);

        [LoggerMessage(4, LogLevel.Debug, "The cluster could not be told that this server leaves; its lease will end.", EventName = nameof(NotLeft))]
        public static partial void NotLeft(ILogger logger, Exception exception);
    }
}
