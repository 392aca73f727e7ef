namespace Salon.Redis;

/// <summary>Sets and sorted sets. All of them end as <see cref="RedisClient.ExecuteAsync"/> does, with the same exceptions.</summary>
public static class RedisSetCommands
{
    /// <summary>Adds a member.</summary>
    /// <returns>Whether it is new.</returns>
    public static async Task<bool> SetAddAsync(this RedisClient client, string key, RedisArgument member, CancellationToken cancellationToken = default) =>
        (await RedisCommands.ExecuteAsync(client, "SADD", [key, member], cancellationToken)).Number > 0;

    /// <summary>Removes a member.</summary>
    /// <returns>Whether it was there.</returns>
    public static async Task<bool> SetRemoveAsync(this RedisClient client, string key, RedisArgument member, CancellationToken cancellationToken = default) =>
        (await RedisCommands.ExecuteAsync(client, "SREM", [key, member], cancellationToken)).Number > 0;

    /// <summary>Reads all members as UTF-8, in no order.</summary>
    public static async Task<IReadOnlyList<string>> SetMembersAsync(this RedisClient client, string key, CancellationToken cancellationToken = default)
    {
        var reply = await RedisCommands.ExecuteAsync(client, "SMEMBERS", [key], cancellationToken);
        return [.. reply.Items.Select(static member => member.Text!)];
    }

    /// <summary>Adds a member, or changes its score.</summary>
    /// <returns>Whether it is new.</returns>
    public static async Task<bool> SortedSetAddAsync(
        this RedisClient client,
        string key,
        RedisArgument member,
        double score,
        CancellationToken cancellationToken = default) =>
        (await RedisCommands.ExecuteAsync(client, "ZADD", [key, score, member], cancellationToken)).Number > 0;

    /// <summary>Reads the members with scores from one to another, both included, in order.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="from">The lowest score.</param>
    /// <param name="to">The highest.</param>
    /// <param name="count">How many at most; all by default.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<SortedSetEntry>> SortedSetRangeByScoreAsync(
        this RedisClient client,
        string key,
        double from = double.NegativeInfinity,
        double to = double.PositiveInfinity,
        int? count = null,
        CancellationToken cancellationToken = default)
    {
        RedisArgument[] limit = count is { } most ? ["LIMIT", 0, most] : [];
        var reply = await RedisCommands.ExecuteAsync(client, "ZRANGE", [key, from, to, "BYSCORE", .. limit, "WITHSCORES"], cancellationToken);
        return [.. reply.Items.Select(static entry => new SortedSetEntry(entry.Items[0].Text!, entry.Items[1].Double))];
    }

    /// <summary>Removes a member.</summary>
    /// <returns>Whether it was there.</returns>
    public static async Task<bool> SortedSetRemoveAsync(this RedisClient client, string key, RedisArgument member, CancellationToken cancellationToken = default) =>
        (await RedisCommands.ExecuteAsync(client, "ZREM", [key, member], cancellationToken)).Number > 0;

    /// <summary>Removes the members with scores from one to another, both included.</summary>
    /// <returns>How many there were.</returns>
    public static async Task<long> SortedSetRemoveRangeByScoreAsync(
        this RedisClient client,
        string key,
        double from,
        double to,
        CancellationToken cancellationToken = default) =>
        (await RedisCommands.ExecuteAsync(client, "ZREMRANGEBYSCORE", [key, from, to], cancellationToken)).Number;
}
