using System.Threading.Tasks.Sources;

namespace Salon.EngineIO.EventLoops;

/// <summary>
/// Whether a socket can be read from, or written to, and the one who waits for it. A signal without anybody waiting is kept for the next who
/// does. Signals may come from any thread; only one may wait at a time.
/// </summary>
internal sealed class Readiness : IValueTaskSource<int>, IValueTaskSource
{
    private const int Idle = 0;
    private const int Ready = 1;
    private const int Awaited = 2;

    private ManualResetValueTaskSourceCore<int> _source;
    private int _state;

    /// <summary>Whether the next who waits need not wait.</summary>
    public bool IsReady => Volatile.Read(ref _state) == Ready;

    /// <summary>Lets the one who waits go on, on this thread; or the next who waits.</summary>
    public void Signal()
    {
        while (true)
        {
            switch (Volatile.Read(ref _state))
            {
                case Ready:
                    return;

                case Idle when Interlocked.CompareExchange(ref _state, Ready, Idle) == Idle:
                    return;

                case Awaited when Interlocked.CompareExchange(ref _state, Idle, Awaited) == Awaited:
                    _source.SetResult(0);
                    return;
            }
        }
    }

    /// <summary>Prepares a wait, which ends with the next signal.</summary>
    /// <returns>Whether there is something to wait for; <see langword="false"/> when the signal has come already.</returns>
    public bool TryStartWaiting()
    {
        _source.Reset();

        if (Interlocked.CompareExchange(ref _state, Awaited, Idle) == Idle)
        {
            return true;
        }

        // A full fence: whoever looks now for what was signalled must see it, or the next signal must come.
        Interlocked.Exchange(ref _state, Idle);
        return false;
    }

    /// <summary>Prepares a wait that ends when <see cref="Signal"/> is called again, whatever was signalled before.</summary>
    public void StartWaiting()
    {
        _source.Reset();
        Volatile.Write(ref _state, Awaited);
    }

    public ValueTask<int> AsReading() => new(this, _source.Version);

    public ValueTask AsWriting() => new(this, _source.Version);

    int IValueTaskSource<int>.GetResult(short token) => _source.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
