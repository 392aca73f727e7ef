namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>The last numbers that were put in, up to a count. Thread-safe.</summary>
internal sealed class RecentIds(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Queue<ulong> _order = new();
    private readonly HashSet<ulong> _ids = [];

    public void Add(ulong id)
    {
        lock (_gate)
        {
            if (_ids.Add(id))
            {
                _order.Enqueue(id);
            }

            if (_order.Count > capacity)
            {
                _ids.Remove(_order.Dequeue());
            }
        }
    }

    public bool Contains(ulong id)
    {
        lock (_gate)
        {
            return _ids.Contains(id);
        }
    }
}
