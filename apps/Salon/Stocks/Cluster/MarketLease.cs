using Salon.Redis;

namespace Salon.App.Stocks.Cluster;

/// <summary>
/// The right to make the market: one node has it at a time, and loses it when it does not renew it. A node that was asleep may believe that it
/// still has it; it is the stream that refuses its steps then. Used by one task.
/// </summary>
internal sealed class MarketLease(RedisClient redis, MarketKeys keys, string node, TimeProvider time)
{
    /// <summary>How long a node is waited for that has failed.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(1);

    // Who has it already has it, and does not know it when an answer was lost: to wait for its end would leave the market without anybody.
    private static readonly RedisScript Take = new(
        "return (redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) or redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2])) and 1 or 0");

    private static readonly RedisScript Renewal = new("return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2]) or 0");

    private static readonly RedisScript Release = new("return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0");

    // A process that comes back with its old name is another one.
    private readonly string _holder = $"{node}:{Guid.NewGuid():N}";
    private long? _renewedAt;

    public Task<bool> TryTakeAsync() => TryAsync(Take);

    /// <summary>Renews it when it is time.</summary>
    /// <returns>Whether it is still this node's.</returns>
    public async Task<bool> TryKeepAsync() => (_renewedAt is { } at && time.GetElapsedTime(at) < RenewalInterval) || await TryAsync(Renewal);

    /// <summary>Gives it to whoever wants it next.</summary>
    public Task ReleaseAsync() => redis.ScriptAsync(Release, [keys.Lease], [_holder]);

    private async Task<bool> TryAsync(RedisScript script)
    {
        // From before it was asked for; and what was not answered, or refused, is asked for again at once.
        var askedAt = time.GetTimestamp();
        _renewedAt = null;
        var isOurs = (await redis.ScriptAsync(script, [keys.Lease], [_holder, (long)Duration.TotalMilliseconds])).Number == 1;
        _renewedAt = isOurs ? askedAt : null;
        return isOurs;
    }
}
