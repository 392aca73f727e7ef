namespace Salon.Redis;

/// <summary>Hashes. All of them end as <see cref="RedisClient.ExecuteAsync"/> does, with the same exceptions.</summary>
public static class RedisHashCommands
{
    /// <summary>Reads a field.</summary>
    /// <returns><see langword="null"/> when the key or the field does not exist.</returns>
    public static async Task<ReadOnlyMemory<byte>?> HashGetAsync(this RedisClient client, string key, string field, CancellationToken cancellationToken = default) =>
        RedisCommands.ToBytes(await RedisCommands.ExecuteAsync(client, "HGET", [key, field], cancellationToken));

    /// <summary>Reads all fields.</summary>
    /// <returns>None when the key does not exist.</returns>
    public static async Task<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>> HashGetAllAsync(
        this RedisClient client,
        string key,
        CancellationToken cancellationToken = default)
    {
        var reply = await RedisCommands.ExecuteAsync(client, "HGETALL", [key], cancellationToken);
        return reply.Pairs.ToDictionary(static pair => pair.Key.Text!, static pair => pair.Value.Bytes, StringComparer.Ordinal);
    }

    /// <summary>Stores a field.</summary>
    /// <returns>Whether it is new.</returns>
    public static async Task<bool> HashSetAsync(
        this RedisClient client,
        string key,
        string field,
        RedisArgument value,
        CancellationToken cancellationToken = default) =>
        (await RedisCommands.ExecuteAsync(client, "HSET", [key, field, value], cancellationToken)).Number > 0;

    /// <summary>Stores fields.</summary>
    /// <returns>How many of them are new.</returns>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static async Task<long> HashSetAsync(
        this RedisClient client,
        string key,
        IReadOnlyCollection<KeyValuePair<string, ReadOnlyMemory<byte>>> fields,
        CancellationToken cancellationToken = default) =>
        (await RedisCommands.ExecuteAsync(client, "HSET", [key, .. Flatten(fields)], cancellationToken)).Number;

    /// <summary>Removes a field.</summary>
    /// <returns>Whether it existed.</returns>
    public static async Task<bool> HashDeleteAsync(this RedisClient client, string key, string field, CancellationToken cancellationToken = default) =>
        (await RedisCommands.ExecuteAsync(client, "HDEL", [key, field], cancellationToken)).Number > 0;

    internal static IEnumerable<RedisArgument> Flatten(IReadOnlyCollection<KeyValuePair<string, ReadOnlyMemory<byte>>> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);

        return fields.Count > 0
            ? fields.SelectMany(static field => new RedisArgument[] { field.Key, field.Value })
            : throw new ArgumentException("There must be a field at least.", nameof(fields));
    }
}
