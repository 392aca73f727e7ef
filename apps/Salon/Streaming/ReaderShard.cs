namespace Salon.App.Streaming;

/// <summary>
/// Some of a feed's readers, told of news by one work item of the pool, after which the next shard has its turn: so what these have written
/// leaves before others write, from memory that is still at hand. News that come while it still tells are told in its next round. The lock
/// protects who is where.
/// </summary>
internal sealed class ReaderShard : IThreadPoolWorkItem
{
    public const int Capacity = 256;

    private readonly Lock _gate = new();
    private readonly IFeedReader?[] _readers = new IFeedReader?[Capacity];
    private readonly Stack<int> _free = new(Enumerable.Range(0, Capacity).Reverse());
    private ReaderShard? _next;
    private int _wakes;

    /// <summary>The shard that is told after this one.</summary>
    public ReaderShard Next
    {
        set => Volatile.Write(ref _next, value);
    }

    /// <summary>Takes a reader in; <see langword="false"/> when there is no place.</summary>
    public bool TryAdd(IFeedReader reader, out int place)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out place))
            {
                return false;
            }

            Volatile.Write(ref _readers[place], reader);
            return true;
        }
    }

    public void Remove(int place)
    {
        lock (_gate)
        {
            Volatile.Write(ref _readers[place], null);
            _free.Push(place);
        }
    }

    public void Wake()
    {
        if (Interlocked.Increment(ref _wakes) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public void Execute()
    {
        var wakes = Volatile.Read(ref _wakes);

        // A reader that has just gone may still be told, and looks at its own state.
        for (var place = 0; place < _readers.Length; place++)
        {
            Volatile.Read(ref _readers[place])?.OnNews();
        }

        Volatile.Read(ref _next)?.Wake();

        if (Interlocked.Add(ref _wakes, -wakes) != 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public void End()
    {
        for (var place = 0; place < _readers.Length; place++)
        {
            Volatile.Read(ref _readers[place])?.OnEnd();
        }
    }
}
