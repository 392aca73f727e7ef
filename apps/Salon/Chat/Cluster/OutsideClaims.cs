using Salon.Redis;

namespace Salon.App.Chat.Cluster;

/// <summary>
/// Which node stores what another program said: the first that claims it in Redis. Thread-safe.
/// </summary>
/// <remarks>
/// Redis keeps what was claimed lately, each number with its time. A node that is behind with its work claims numbers that others have; one
/// that has missed some, or has begun later, counts too low: below all that was claimed lately nobody can be any more, so it goes on from
/// there. What that node misses is at most what was repeated within <see cref="Claim"/>, and only if all nodes that counted rightly end then.
/// </remarks>
internal sealed class OutsideClaims(RedisClient redis, string node, string key = OutsideClaims.Key)
{
    /// <summary>What its keys begin with, where no prefix is set.</summary>
    public const string Key = "salon:outside";

    /// <summary>How far nodes may be behind one another with what they hear.</summary>
    public static readonly TimeSpan Claim = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Memory = 2 * OutsideIds.Memory;

    // An entry is the number, when it was claimed, and who did.
    private static readonly RedisScript Script = new("""
        local clock = redis.call('TIME')
        local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
        local number, oldest = tonumber(ARGV[1]), now - tonumber(ARGV[2])

        local function at(index)
          local entry = redis.call('LINDEX', KEYS[1], index)
          if not entry then return 0, 0 end
          local claimed, time = string.match(entry, '^(%d+):(%d+)')
          return tonumber(claimed), tonumber(time)
        end

        local last = at(-1)
        local first, time = at(0)
        while first < last and time <= oldest do
          redis.call('LPOP', KEYS[1])
          first, time = at(0)
        end

        number = math.max(number, time <= oldest and first + 1 or first)
        if number <= last then
          return {0, number}
        end

        redis.call('RPUSH', KEYS[1], string.format('%d:%d:%s', number, now, ARGV[4]))
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return {1, number}
        """);

    /// <returns>Whether this node is to store it, and the number that it has.</returns>
    public async Task<(bool IsOurs, OutsideId Id)> TryClaimAsync(OutsideId id, TimeSpan claim)
    {
        var reply = await redis.ScriptAsync(
            Script, [$"{key}:{id.Hash}"], [id.Number, (long)claim.TotalMilliseconds, (long)Memory.TotalMilliseconds, node]);
        return (reply.Items[0].Number == 1, id with { Number = reply.Items[1].Number });
    }
}
