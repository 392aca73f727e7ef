using System.Threading.Tasks.Sources;

namespace Salon.Redis.Requests;

/// <summary>
/// Tells a loop that there is something to do. The loop wakes at the end of the thread pool's queue, behind the callers that can run already:
/// what they are about to send leaves with the same write. Any thread may set it; one waits.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource<bool>, IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int IsSet = 1;
    private const int IsWaiting = 2;

    private ManualResetValueTaskSourceCore<bool> _wait;
    private int _state;
    private volatile bool _isEnded;

    /// <summary>Wakes the loop, now or as soon as it waits.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _state, IsSet) == IsWaiting)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Lets the loop end.</summary>
    public void End()
    {
        _isEnded = true;
        Set();
    }

    /// <summary>Waits until there may be something to do.</summary>
    /// <returns><see langword="false"/> when there will never be again.</returns>
    public ValueTask<bool> WaitAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, IsSet) == IsSet)
        {
            return new ValueTask<bool>(!_isEnded);
        }

        _wait.Reset();

        if (Interlocked.CompareExchange(ref _state, IsWaiting, Idle) == Idle)
        {
            return new ValueTask<bool>(this, _wait.Version);
        }

        // Set in between.
        Volatile.Write(ref _state, Idle);
        return new ValueTask<bool>(!_isEnded);
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _state, Idle);
        _wait.SetResult(!_isEnded);
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);
}
