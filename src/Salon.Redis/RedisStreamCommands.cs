namespace Salon.Redis;

/// <summary>Streams. All of them end as <see cref="RedisClient.ExecuteAsync"/> does, with the same exceptions.</summary>
public static class RedisStreamCommands
{
    /// <summary>Adds an entry at the end.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key of the stream.</param>
    /// <param name="fields">What the entry consists of; at least one field.</param>
    /// <param name="maxLength">
    /// How many entries the stream keeps, roughly: Redis removes the oldest when that is cheap, so there may be some more. All by default.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The id of the entry.</returns>
    /// <exception cref="ArgumentException">There are no fields.</exception>
    public static async Task<string> StreamAddAsync(
        this RedisClient client,
        string key,
        IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> fields,
        long? maxLength = null,
        CancellationToken cancellationToken = default)
    {
        RedisArgument[] limit = maxLength is { } most ? ["MAXLEN", "~", most] : [];
        var reply = await RedisCommands.ExecuteAsync(client, "XADD", [key, .. limit, "*", .. RedisHashCommands.Flatten(fields)], cancellationToken);
        return reply.Text!;
    }

    /// <summary>Reads the entries after an id, and may wait for the first.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key of the stream.</param>
    /// <param name="afterId">
    /// The id of the last entry that is known; <c>0</c> for the beginning. With <c>$</c>, the entries that come from now on: for the first
    /// read only, since what comes between two such reads is in neither.
    /// </param>
    /// <param name="count">How many at most.</param>
    /// <param name="block">
    /// How long to wait when there are none, on a connection of its own; zero for as long as it takes. By default, not at all.
    /// </param>
    /// <param name="cancellationToken">Gives up, and closes the connection on which it waits.</param>
    /// <returns>The entries in order; none when there are none.</returns>
    public static async Task<IReadOnlyList<StreamEntry>> StreamReadAsync(
        this RedisClient client,
        string key,
        string afterId,
        int count,
        TimeSpan? block = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);

        if (block is not { } time)
        {
            return ToStreams(await client.ExecuteAsync(RedisCommand.Create("XREAD", "COUNT", count, "STREAMS", key, afterId), cancellationToken));
        }

        var milliseconds = time == TimeSpan.Zero ? 0 : RedisCommands.ToMilliseconds(time);
        var command = RedisCommand.Create("XREAD", "COUNT", count, "BLOCK", milliseconds, "STREAMS", key, afterId);
        return ToStreams(await client.ExecuteAsync(command.AsBlocking(time == TimeSpan.Zero ? null : time), cancellationToken));
    }

    /// <summary>Reads the entries from one id to another, both included.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key of the stream.</param>
    /// <param name="start">The first id; <c>-</c> for the beginning, <c>(</c> and an id for the next.</param>
    /// <param name="end">The last id; <c>+</c> for the end.</param>
    /// <param name="count">How many at most; all by default.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<StreamEntry>> StreamRangeAsync(
        this RedisClient client,
        string key,
        string start,
        string end,
        int? count = null,
        CancellationToken cancellationToken = default)
    {
        RedisArgument[] limit = count is { } most ? ["COUNT", most] : [];
        return ToEntries(await RedisCommands.ExecuteAsync(client, "XRANGE", [key, start, end, .. limit], cancellationToken));
    }

    /// <summary>Removes the oldest entries, until a number is left.</summary>
    /// <param name="client">The client.</param>
    /// <param name="key">The key of the stream.</param>
    /// <param name="maxLength">How many entries stay.</param>
    /// <param name="isExact">Whether it must be this number; by default, some more may stay, which is much cheaper.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were removed.</returns>
    public static async Task<long> StreamTrimAsync(
        this RedisClient client,
        string key,
        long maxLength,
        bool isExact = false,
        CancellationToken cancellationToken = default) =>
        (await RedisCommands.ExecuteAsync(client, "XTRIM", [key, "MAXLEN", isExact ? "=" : "~", maxLength], cancellationToken)).Number;

    // A map of streams; nothing when the time is over.
    private static IReadOnlyList<StreamEntry> ToStreams(RedisReply reply) => reply.IsNull ? [] : ToEntries(reply.Items[1]);

    private static List<StreamEntry> ToEntries(RedisReply reply)
    {
        var entries = new List<StreamEntry>(reply.Items.Count);

        foreach (var entry in reply.Items)
        {
            var fields = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);

            foreach (var (name, value) in entry.Items[1].Pairs)
            {
                fields[name.Text!] = value.Bytes;
            }

            entries.Add(new StreamEntry(entry.Items[0].Text!, fields));
        }

        return entries;
    }
}
