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

    private static readonly RedisScript Renewal = new("return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2]) or 0");

    private static readonly RedisScript Release = new("return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0");

    // A process that comes back with its old name is another one.
    private readonly string _holder = $"{node}:{Guid.NewGuid():N}";
    private long _renewedAt;

    public async Task<bool> TryTakeAsync()
    {
        _renewedAt = time.GetTimestamp();
        return await redis.SetAsync(keys.Lease, _holder, Duration, SetCondition.IfMissing);
    }

    /// <summary>Renews it when it is time.</summary>
    /// <returns>Whether it is still this node's.</returns>
    public async Task<bool> TryKeepAsync()
    {
        if (time.GetElapsedTime(_renewedAt) < RenewalInterval)
        {
            return true;
        }

        _renewedAt = time.GetTimestamp();
        return (await redis.ScriptAsync(Renewal, [keys.Lease], [_holder, (long)Duration.TotalMilliseconds])).Number == 1;
    }

    /// <summary>Gives it to whoever wants it next.</summary>
    public Task ReleaseAsync() => redis.ScriptAsync(Release, [keys.Lease], [_holder]);
}
