using Salon.Redis;

namespace Salon.App.Stocks.Cluster;

/// <summary>The stream of steps in Redis, and the state that goes with it. Thread-safe.</summary>
internal sealed class StepStream(RedisClient redis, MarketKeys keys)
{
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

    /// <summary>Reads what comes after a step, and may wait for it.</summary>
    public Task<IReadOnlyList<StreamEntry>> ReadAsync(StepId after, TimeSpan? wait, CancellationToken cancellationToken) =>
        redis.StreamReadAsync(keys.Steps, after.ToString(), MaxStepsOfRead, wait, cancellationToken);

    /// <summary>Reads everything that is there.</summary>
    public Task<IReadOnlyList<StreamEntry>> ReadAllAsync() => redis.StreamRangeAsync(keys.Steps, "-", "+");

    /// <summary>Whether a step is still there: if not, Redis has lost what it had.</summary>
    public async Task<bool> HasAsync(StepId id) => (await redis.StreamRangeAsync(keys.Steps, id.ToString(), id.ToString())).Count > 0;

    public async Task<MarketState?> ReadStateAsync() => await redis.GetAsync(keys.State) is { } bytes ? MarketState.Parse(bytes) : null;

    public Task WriteStateAsync(MarketState state) => redis.SetAsync(keys.State, state.ToBytes());
}
