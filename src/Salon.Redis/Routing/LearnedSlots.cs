using System.Net;

namespace Salon.Redis.Routing;

/// <summary>
/// Which slots have moved a moment ago: a server said so, or a map was the first to show it. Those who have nothing to do with a slot hear of its
/// move later, and a map that one of them gives meanwhile must not bring back the old server. The lock protects the table. Thread-safe.
/// </summary>
internal sealed class LearnedSlots(TimeProvider time)
{
    // Servers of a cluster tell each other several times in a second.
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, (DnsEndPoint EndPoint, long At)> _slots = [];

    public void Learn(int slot, DnsEndPoint endPoint)
    {
        lock (_gate)
        {
            _slots[slot] = (endPoint, time.GetTimestamp());
        }
    }

    /// <summary>Corrects the slots of a map that is in use; servers that it does not know come with the next one.</summary>
    public void ApplyAgainTo(ClusterMap map)
    {
        lock (_gate)
        {
            foreach (var (slot, (endPoint, at)) in _slots)
            {
                if (time.GetElapsedTime(at) < Validity)
                {
                    map[slot] = endPoint;
                }
            }
        }
    }

    /// <summary>Corrects a map that nobody uses yet, and learns what it shows for the first time.</summary>
    /// <param name="map">The map.</param>
    /// <param name="before">The one in use, if there is one.</param>
    public void ApplyTo(ClusterMap map, ClusterMap? before)
    {
        lock (_gate)
        {
            foreach (var (slot, (endPoint, at)) in _slots)
            {
                if (time.GetElapsedTime(at) < Validity)
                {
                    map.Assign(slot, endPoint);
                }
                else
                {
                    _slots.Remove(slot);
                }
            }

            for (var slot = 0; before is not null && slot < KeySlot.Count; slot++)
            {
                if (map[slot] is { } now && before[slot] is { } then && !now.Equals(then))
                {
                    _slots[slot] = (now, time.GetTimestamp());
                }
            }
        }
    }
}
