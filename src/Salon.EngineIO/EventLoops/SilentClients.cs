namespace Salon.EngineIO.EventLoops;

/// <summary>
/// Connections of which nothing has come yet. What Kestrel makes of a connection is worth a hundred of these, and whoever opens thousands to say
/// nothing should not get it. They are handed over with their first byte, or when they have been silent for long enough to let Kestrel's own
/// limits decide, or, the oldest first, when they are too many; those that leave before are closed. Thread-safe.
/// </summary>
internal sealed class SilentClients : IDisposable
{
    private const int MaxCount = 10_000;

    /// <summary>How long one may be silent here.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly LinkedList<SilentClient> _waiting = new();
    private readonly TimeProvider _time;
    private readonly Action<LoopSocket> _handOver;
    private readonly int _maxCount;
    private readonly ITimer _timer;
    private bool _isTicking;
    private bool _isDisposed;

    /// <param name="time">The clock.</param>
    /// <param name="handOver">Called for each on any thread; must not throw.</param>
    /// <param name="maxCount">How many may be silent at once.</param>
    public SilentClients(TimeProvider time, Action<LoopSocket> handOver, int maxCount = MaxCount)
    {
        (_time, _handOver, _maxCount) = (time, handOver, maxCount);

        // Made beforehand: when clients wait, there may be nothing to make it of.
        _timer = time.CreateTimer(static clients => ((SilentClients)clients!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    public void Add(LoopSocket socket)
    {
        var client = new SilentClient(this, socket, _time.GetTimestamp());
        SilentClient? oldest = null;
        bool isKept;

        lock (_gate)
        {
            isKept = !_isDisposed;

            if (isKept)
            {
                _waiting.AddLast(client.Node);
                oldest = _waiting.Count > _maxCount ? _waiting.First!.Value : null;
                StartTicking();
            }
        }

        if (!isKept)
        {
            socket.Abort();
            return;
        }

        socket.NotifyFirst(client);

        if (oldest is not null)
        {
            HandOver(oldest);
        }
    }

    /// <summary>Closes all that are still silent, and those that come later.</summary>
    public void Dispose()
    {
        List<SilentClient> rest;

        lock (_gate)
        {
            _isDisposed = true;
            rest = [.. _waiting];
            _waiting.Clear();
        }

        _timer.Dispose();
        rest.ForEach(static client => client.Socket.Abort());
    }

    private void StartTicking()
    {
        if (!_isTicking)
        {
            _timer.Change(Period, Period);
            _isTicking = true;
        }
    }

    private void Tick()
    {
        var due = new List<SilentClient>();

        lock (_gate)
        {
            for (var node = _waiting.First; node is not null && _time.GetElapsedTime(node.Value.Since) >= Patience; node = node.Next)
            {
                due.Add(node.Value);
            }

            if (_waiting.Count == 0 && !_isDisposed)
            {
                _isTicking = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        due.ForEach(HandOver);
    }

    private void HandOver(SilentClient client)
    {
        if (TryRemove(client))
        {
            _handOver(client.Socket);
        }
    }

    /// <summary>Something has come, or the end.</summary>
    private void OnFirst(SilentClient client)
    {
        if (!TryRemove(client))
        {
            return;
        }

        if (client.Socket.HasLeft())
        {
            client.Socket.Abort();
        }
        else
        {
            _handOver(client.Socket);
        }
    }

    private bool TryRemove(SilentClient client)
    {
        lock (_gate)
        {
            if (client.Node.List is null)
            {
                return false;
            }

            _waiting.Remove(client.Node);
            return true;
        }
    }

    private sealed class SilentClient : ILoopWork
    {
        private readonly SilentClients _clients;

        public SilentClient(SilentClients clients, LoopSocket socket, long since)
        {
            (_clients, Socket, Since) = (clients, socket, since);
            Node = new LinkedListNode<SilentClient>(this);
        }

        public LoopSocket Socket { get; }

        public long Since { get; }

        public LinkedListNode<SilentClient> Node { get; }

        void ILoopWork.Run() => _clients.OnFirst(this);
    }
}
