using Salon.Supervision;

namespace Salon.Redis.Diagnostics;

/// <summary>
/// The state of a client, and who wants to know of changes: told in order, one change at a time, on a thread of the pool. The lock protects
/// the fields; handlers are called outside. Thread-safe.
/// </summary>
internal sealed class StateEvents(Guard guard) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly Queue<RedisState> _changes = new();
    private bool _isRaising;

    public event Action<RedisState>? Changed;

    public RedisState Current { get; private set; }

    public void Set(RedisState state)
    {
        lock (_gate)
        {
            if (Current == state)
            {
                return;
            }

            Current = state;
            _changes.Enqueue(state);

            if (_isRaising)
            {
                return;
            }

            _isRaising = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (TryNext(out var state))
        {
            guard.Raise("RedisClient.StateChanged", Changed, state);
        }
    }

    private bool TryNext(out RedisState state)
    {
        lock (_gate)
        {
            return _isRaising = _changes.TryDequeue(out state);
        }
    }
}
