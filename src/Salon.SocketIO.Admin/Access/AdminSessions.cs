using System.Security.Cryptography;

namespace Salon.SocketIO.Admin.Access;

/// <summary>The sessions of administrators. Bounded: the oldest goes for a new one too many. The lock protects all fields.</summary>
internal sealed class AdminSessions(TimeProvider time, TimeSpan duration)
{
    private const int MaxSessions = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _ends = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public string Open()
    {
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);

        lock (_gate)
        {
            if (_order.Count == MaxSessions)
            {
                _ends.Remove(_order.Dequeue());
            }

            _order.Enqueue(id);
            _ends[id] = time.GetUtcNow() + duration;
        }

        return id;
    }

    public bool Contains(string id)
    {
        lock (_gate)
        {
            return _ends.TryGetValue(id, out var end) && end > time.GetUtcNow();
        }
    }
}
