using System.Net;

namespace Salon.Redis.Routing;

/// <summary>
/// The map of a cluster that is in use, and which slots have moved a moment ago: a server said so, or a map was the first to show it. Those who
/// have nothing to do with a slot hear of its move later, and a map that one of them gives meanwhile must not bring back the old server, not for
/// a moment. The lock makes one step of what is learned and what is replaced; reading takes none. Thread-safe.
/// </summary>
internal sealed class CurrentMap(TimeProvider time)
{
    // Servers of a cluster tell each other several times in a second.
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, (DnsEndPoint EndPoint, long At)> _learned = [];
    private volatile ClusterMap? _map;

    /// <summary>The map; <see langword="null"/> before the first was read.</summary>
    public ClusterMap? Value => _map;

    /// <summary>Takes what a server says of a slot. One that the map does not know comes with the next map.</summary>
    public void Learn(int slot, DnsEndPoint endPoint)
    {
        lock (_gate)
        {
            if (_map is { } map)
            {
                _learned[slot] = (endPoint, time.GetTimestamp());
                map[slot] = endPoint;
            }
        }
    }

    /// <summary>Takes a new map: corrects it, and learns what it shows for the first time.</summary>
    public void Replace(ClusterMap map)
    {
        lock (_gate)
        {
            foreach (var (slot, (endPoint, at)) in _learned)
            {
                if (time.GetElapsedTime(at) < Validity)
                {
                    map.Assign(slot, endPoint);
                }
                else
                {
                    _learned.Remove(slot);
                }
            }

            for (var slot = 0; _map is { } before && slot < KeySlot.Count; slot++)
            {
                if (map[slot] is { } now && before[slot] is { } then && !now.Equals(then))
                {
                    _learned[slot] = (now, time.GetTimestamp());
                }
            }

            _map = map;
        }
    }
}
