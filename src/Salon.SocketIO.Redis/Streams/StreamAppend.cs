using Salon.Redis;

namespace Salon.SocketIO.Redis.Streams;

/// <summary>
/// Adds messages to a stream in one step, if the last one that was added before is still there. Otherwise Redis has forgotten some: it was
/// started again, or another one took its place.
/// </summary>
internal static class StreamAppend
{
    private static readonly RedisScript Script = new("""
        if ARGV[1] ~= '' and #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then
          return false
        end
        local ids = {}
        for i = 3, #ARGV, 5 do
          ids[#ids + 1] = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*',
            'uid', ARGV[i], 'nsp', ARGV[i + 1], 'type', ARGV[i + 2], 'data', ARGV[i + 3], 'n', ARGV[i + 4])
        end
        return ids
        """);

    /// <param name="client">The connection.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="maxLength">About how many entries it keeps.</param>
    /// <param name="last">The id of the last message that was added before, if there was one.</param>
    /// <param name="messages">The messages; there may be none.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The ids; <see langword="null"/> when the last one is not there any more, and nothing was added.</returns>
    /// <exception cref="RedisException">It is not known whether they were added.</exception>
    public static async Task<IReadOnlyList<string>?> AddAsync(
        RedisClient client,
        string stream,
        int maxLength,
        string? last,
        IReadOnlyList<StreamMessage> messages,
        CancellationToken cancellation)
    {
        var arguments = new List<RedisArgument>(2 + (5 * messages.Count)) { last ?? "", maxLength };

        foreach (var message in messages)
        {
            arguments.Add(message.Sender);
            arguments.Add(message.Namespace);
            arguments.Add(message.Type);
            arguments.Add(message.Data);
            arguments.Add(message.Number);
        }

        var reply = await client.ScriptAsync(Script, [stream], arguments, cancellation);
        return reply.IsNull ? null : [.. reply.Items.Select(static item => item.Text!)];
    }
}
