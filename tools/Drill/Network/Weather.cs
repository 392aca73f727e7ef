namespace Salon.Drills.Network;

/// <summary>What the network does to bytes on their way. Thread-safe.</summary>
internal sealed class Weather
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _hold;
    private Flow _held;
    private long _delayTicks;

    /// <summary>How long every piece takes longer.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _delayTicks));
        set => Volatile.Write(ref _delayTicks, value.Ticks);
    }

    /// <summary>Nothing passes any more in some ways, without anybody being told.</summary>
    public void Hold(Flow flow)
    {
        lock (_gate)
        {
            _hold ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _held = flow;
        }
    }

    /// <summary>What was held back passes, and all that comes.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _hold?.SetResult();
            _hold = null;
            _held = Flow.None;
        }
    }

    /// <summary>Waits until bytes may pass.</summary>
    public async ValueTask PassAsync(Flow flow, CancellationToken cancellationToken)
    {
        if (Delay is var delay && delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, cancellationToken);
        }

        while (GetHold(flow) is { } held)
        {
            await held.WaitAsync(cancellationToken);
        }
    }

    private Task? GetHold(Flow flow)
    {
        lock (_gate)
        {
            return (_held & flow) != 0 ? _hold?.Task : null;
        }
    }
}
