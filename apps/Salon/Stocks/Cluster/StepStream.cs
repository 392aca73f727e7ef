using Salon.Redis;

namespace Salon.App.Stocks.Cluster;

/// <summary>The stream of steps in Redis, and the state that goes with it. Thread-safe.</summary>
internal sealed partial class StepStream(RedisClient redis, MarketKeys keys)
{
    /// <summary>How far the clocks of nodes may differ.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromHours(1);

    // Five minutes: about as long as the ring of a feed goes back.
    private const int MaxSteps = 1200;

    private const int MaxStepsOfRead = 200;

    /// <summary>Adds a step, or the beginning of a term.</summary>
    /// <returns><see langword="false"/> when another node has begun a later term.</returns>
    public async Task<bool> TryAddAsync(StepId id, IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> fields)
    {
        RedisArgument[] arguments = [keys.Steps, "MAXLEN", "~", MaxSteps, id.ToString(), .. fields.SelectMany(static field => new RedisArgument[] { field.Key, field.Value })];

        try
        {
            await redis.ExecuteAsync(RedisCommand.Create("XADD", arguments));
            return true;
        }
        catch (RedisServerException exception) when (exception.Message.Contains("equal or smaller", StringComparison.Ordinal))
        {
            return false;
        }
    }

    /// <summary>
    /// Drops everything when the last entry is from the future, as nobody's clock is that ahead: nothing could be added behind it any more.
    /// </summary>
    public async Task DropIfFromFutureAsync(DateTimeOffset now, ILogger logger)
    {
        var last = await redis.ExecuteAsync(RedisCommand.Create("XREVRANGE", keys.Steps, "+", "-", "COUNT", 1));

        if (last.Items is [{ Items: [var id, ..] }]
            && (!StepId.TryParse(id.Text ?? "", out var step) || step.Term > now.Add(MaxAhead).ToUnixTimeMilliseconds()))
        {
            Log.FromFuture(logger, id.Text ?? "");
            await redis.ExecuteAsync(RedisCommand.Create("DEL", keys.Steps, keys.State));
        }
    }

    /// <summary>Reads what comes after a step, and may wait for it.</summary>
    public Task<IReadOnlyList<StreamEntry>> ReadAsync(StepId after, TimeSpan? wait, CancellationToken cancellationToken) =>
        redis.StreamReadAsync(keys.Steps, after.ToString(), MaxStepsOfRead, wait, cancellationToken);

    /// <summary>Reads everything that is there.</summary>
    public Task<IReadOnlyList<StreamEntry>> ReadAllAsync() => redis.StreamRangeAsync(keys.Steps, "-", "+");

    /// <summary>Whether a step is still there: if not, Redis has lost what it had.</summary>
    public async Task<bool> HasAsync(StepId id) => (await redis.StreamRangeAsync(keys.Steps, id.ToString(), id.ToString())).Count > 0;

    public async Task<MarketState?> ReadStateAsync() => await redis.GetAsync(keys.State) is { } bytes ? MarketState.Parse(bytes) : null;

    public Task WriteStateAsync(MarketState state) => redis.SetAsync(keys.State, state.ToBytes());

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The stream of the market holds an entry from the future ({Id}), behind which nothing can be added: the market begins anew.", EventName = nameof(FromFuture))]
        public static partial void FromFuture(ILogger logger, string id);
    }
}
