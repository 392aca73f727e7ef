using Salon.Redis;

namespace Salon.App.Stocks.Cluster;

/// <summary>Makes true here what is in the stream of steps, in order and each step once. Used by one task.</summary>
internal sealed partial class MarketFollower(Market market, StepStream steps, TimeProvider time, ILogger logger)
{
    // Without a step for so long, nobody makes the market, or this node does not hear of it.
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(3);

    private long _heardAt = time.GetTimestamp() - (long)(StaleAfter.TotalSeconds * time.TimestampFrequency) - 1;

    /// <summary>The last entry of the stream that was read.</summary>
    public StepId Last { get; private set; }

    /// <summary>Whether there is a market here.</summary>
    public bool HasBegun => market.Feed.Ring is not null;

    /// <summary>Whether steps come. Thread-safe.</summary>
    public bool IsLive => time.GetElapsedTime(Volatile.Read(ref _heardAt)) <= StaleAfter;

    /// <summary>Begins where the other nodes are, if there are any.</summary>
    /// <returns>Whether there were.</returns>
    public async Task<bool> TryJoinAsync()
    {
        if (await ReadStateAsync() is not { } state)
        {
            return false;
        }

        var known = StepId.Parse(state.EntryId);
        var entries = await steps.ReadAllAsync();
        var past = entries
            .Where(entry => StepId.TryParse(entry.Id, out var id) && id.CompareTo(known) <= 0)
            .Select(Read)
            .Where(entry => entry?.Epoch == state.Epoch)
            .Select(static entry => entry!)
            .ToList();

        // Only what leads to the state without a gap belongs before it.
        var events = past.SelectMany(static entry => entry.Batch.Events).ToList();
        var isWhole = past.Count > 0 && past[0].First > 0 && past[0].First - 1 + events.Count == state.Head;

        market.Begin(state.Epoch, state.Origin, isWhole ? past[0].First - 1 : state.Head, state.CopyTo, isWhole ? events : []);
        Last = known;
        return true;
    }

    /// <summary>Takes what was read from the stream.</summary>
    /// <returns><see langword="false"/> when something is missing before it: then the node has to join again.</returns>
    public bool TryTake(IEnumerable<StreamEntry> entries)
    {
        foreach (var entry in entries)
        {
            // Passed over whatever becomes of it: else it would be met again and again.
            var isId = StepId.TryParse(entry.Id, out var id);
            Last = isId ? id : Last;

            if (!isId || (Read(entry) is { } step && !TryTakeSafely(step)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes a step that this node has made, now that it is in the stream.</summary>
    public void Take(StepId id, MarketBatch batch)
    {
        Last = id;
        Apply(batch);
    }

    /// <summary>Begins a term: nothing but what this node makes comes after it.</summary>
    public void BeginTerm(StepId id) => Last = id;

    /// <summary>A state that cannot be read is as good as none: the market begins anew.</summary>
    private async Task<MarketState?> ReadStateAsync()
    {
        try
        {
            var state = await steps.ReadStateAsync();

            return state?.IsOf(market, time.GetUtcNow().Add(StepStream.MaxAhead)) != false
                ? state
                : throw new InvalidDataException("The state of the market is that of another market, or from the future.");
        }
        catch (InvalidDataException exception)
        {
            Log.Invalid(logger, exception);
            return null;
        }
    }

    /// <summary>What cannot be read is passed over: if it was a step, the next one shows that it is missing.</summary>
    private MarketEntry? Read(StreamEntry entry)
    {
        try
        {
            var read = MarketEntry.Read(entry);

            return read is null || read.Batch.Step.Time <= time.GetUtcNow().Add(StepStream.MaxAhead).ToUnixTimeMilliseconds()
                ? read
                : throw new InvalidDataException($"The step {entry.Id} of the market is from the future.");
        }
        catch (InvalidDataException exception)
        {
            Log.Invalid(logger, exception);
            return null;
        }
    }

    private bool TryTakeSafely(MarketEntry step)
    {
        try
        {
            return TryTake(step);
        }
        catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException or InvalidOperationException or ArithmeticException)
        {
            // A part of it may be true here now: the state sets that right.
            Log.Invalid(logger, exception);
            return false;
        }
    }

    private bool TryTake(MarketEntry step)
    {
        if (market.Feed.Ring is not { } ring || step.Epoch != ring.Epoch)
        {
            return false;
        }

        if (step.Batch.Step.Time <= market.Time)
        {
            // Known already.
            return true;
        }

        if (step.First != ring.Head + 1)
        {
            return false;
        }

        Apply(step.Batch);
        return true;
    }

    private void Apply(MarketBatch batch)
    {
        market.Apply(batch);
        Volatile.Write(ref _heardAt, time.GetTimestamp());
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "What Redis holds of the market cannot be read; it is passed over.", EventName = nameof(Invalid))]
        public static partial void Invalid(ILogger logger, Exception exception);
    }
}
