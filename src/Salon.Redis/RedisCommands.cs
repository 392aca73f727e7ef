namespace Salon.Redis;

/// <summary>
/// Publishing, keys and scripts. All of them end as <see cref="RedisClient.ExecuteAsync"/> does, with the same exceptions.
/// </summary>
public static class RedisCommands
{
    /// <summary>Publishes a message to a channel.</summary>
    /// <returns>How many got it; in a cluster, how many of those that are connected to the same server.</returns>
    public static async Task<long> PublishAsync(
        this RedisClient client,
        string channel,
        ReadOnlyMemory<byte> payload,
        CancellationToken cancellationToken = default) => (await ExecuteAsync(client, "PUBLISH", [channel, payload], cancellationToken)).Number;

    /// <summary>Publishes a message to a sharded channel (Redis 7).</summary>
    /// <returns>How many got it.</returns>
    public static async Task<long> PublishShardedAsync(
        this RedisClient client,
        string channel,
        ReadOnlyMemory<byte> payload,
        CancellationToken cancellationToken = default) => (await ExecuteAsync(client, "SPUBLISH", [channel, payload], cancellationToken)).Number;

    /// <summary>How many connections are subscribed to a channel, patterns not counted; on all servers of a cluster, replicas too.</summary>
    public static async Task<long> CountSubscribersAsync(this RedisClient client, string channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        var replies = await client.ExecuteEverywhereAsync(RedisCommand.Create("PUBSUB", "NUMSUB", channel), cancellationToken);
        return replies.Sum(static reply => reply.Items[1].Number);
    }

    /// <summary>How many connections are subscribed to a sharded channel (Redis 7); on all servers of a cluster, replicas too.</summary>
    public static async Task<long> CountShardedSubscribersAsync(this RedisClient client, string channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        var replies = await client.ExecuteEverywhereAsync(RedisCommand.Create("PUBSUB", "SHARDNUMSUB", channel), cancellationToken);
        return replies.Sum(static reply => reply.Items[1].Number);
    }

    /// <summary>Reads a value.</summary>
    /// <returns><see langword="null"/> when the key does not exist.</returns>
    public static async Task<ReadOnlyMemory<byte>?> GetAsync(this RedisClient client, string key, CancellationToken cancellationToken = default) =>
        ToBytes(await ExecuteAsync(client, "GET", [key], cancellationToken));

    /// <summary>Stores a value.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value: text, bytes or a number.</param>
    /// <param name="expiry">How long it stays, to the millisecond; for ever by default.</param>
    /// <param name="condition">When it is stored.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it was stored.</returns>
    public static async Task<bool> SetAsync(
        this RedisClient client,
        string key,
        RedisArgument value,
        TimeSpan? expiry = null,
        SetCondition condition = SetCondition.Always,
        CancellationToken cancellationToken = default)
    {
        List<RedisArgument> arguments = [key, value];

        if (expiry is { } time)
        {
            arguments.AddRange(["PX", ToMilliseconds(time)]);
        }

        if (condition != SetCondition.Always)
        {
            arguments.Add(condition == SetCondition.IfMissing ? "NX" : "XX");
        }

        return !(await ExecuteAsync(client, "SET", [.. arguments], cancellationToken)).IsNull;
    }

    /// <summary>Removes a key.</summary>
    /// <returns>Whether it existed.</returns>
    public static async Task<bool> DeleteAsync(this RedisClient client, string key, CancellationToken cancellationToken = default) =>
        (await ExecuteAsync(client, "DEL", [key], cancellationToken)).Number > 0;

    /// <summary>Lets a key go after a time, to the millisecond.</summary>
    /// <returns>Whether it exists.</returns>
    public static async Task<bool> ExpireAsync(this RedisClient client, string key, TimeSpan expiry, CancellationToken cancellationToken = default) =>
        (await ExecuteAsync(client, "PEXPIRE", [key, ToMilliseconds(expiry)], cancellationToken)).Number > 0;

    /// <summary>Adds to a number. A key that does not exist counts as 0.</summary>
    /// <returns>The sum.</returns>
    public static async Task<long> IncrementAsync(this RedisClient client, string key, long by = 1, CancellationToken cancellationToken = default) =>
        (await ExecuteAsync(client, "INCRBY", [key, by], cancellationToken)).Number;

    /// <summary>Runs a script. Its source is sent only when the server does not know it yet.</summary>
    /// <param name="client">The client.</param>
    /// <param name="script">The script.</param>
    /// <param name="keys">The keys that it touches; in a cluster, all in one slot.</param>
    /// <param name="arguments">Its other arguments.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the script returns.</returns>
    public static async Task<RedisReply> ScriptAsync(
        this RedisClient client,
        RedisScript script,
        IReadOnlyList<string> keys,
        IReadOnlyList<RedisArgument> arguments,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(arguments);

        RedisArgument[] rest = [keys.Count, .. keys.Select(static key => (RedisArgument)key), .. arguments];

        try
        {
            return await ExecuteAsync(client, "EVALSHA", [script.Hash, .. rest], cancellationToken);
        }
        catch (RedisServerException exception) when (exception.Code == "NOSCRIPT")
        {
            return await ExecuteAsync(client, "EVAL", [script.Source, .. rest], cancellationToken);
        }
    }

    internal static ValueTask<RedisReply> ExecuteAsync(
        RedisClient client,
        string name,
        ReadOnlySpan<RedisArgument> arguments,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.ExecuteAsync(RedisCommand.Create(name, arguments), cancellationToken);
    }

    // A bare null would become memory that is empty, by way of an array that is not there.
    internal static ReadOnlyMemory<byte>? ToBytes(RedisReply reply) => reply.IsNull ? default(ReadOnlyMemory<byte>?) : reply.Bytes;

    /// <summary>A time as Redis takes it. None at all would mean something else to it, so any time is at least a millisecond.</summary>
    internal static long ToMilliseconds(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        return Math.Max(1, (long)Math.Ceiling(time.TotalMilliseconds));
    }
}
