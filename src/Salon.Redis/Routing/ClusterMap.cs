using System.Net;

namespace Salon.Redis.Routing;

/// <summary>Which server of a cluster has which slot. Single slots change when a server says so; for the rest, a new map is read.</summary>
internal sealed class ClusterMap
{
    // Elements are written and read without a lock: a moment of the old server costs a redirection.
    private readonly DnsEndPoint?[] _masterOfSlot = new DnsEndPoint?[KeySlot.Count];

    /// <summary>The servers that have slots.</summary>
    public List<DnsEndPoint> Masters { get; } = [];

    /// <summary>The same and their replicas.</summary>
    public HashSet<DnsEndPoint> All { get; } = [];

    public DnsEndPoint? this[int slot]
    {
        get => Volatile.Read(ref _masterOfSlot[slot]);
        set => Volatile.Write(ref _masterOfSlot[slot], value);
    }

    /// <summary>Gives a slot to a server that the map may not know yet. To be called before others see the map.</summary>
    public void Assign(int slot, DnsEndPoint master)
    {
        AddMaster(master);
        All.Add(master);
        this[slot] = master;
    }

    /// <summary>Reads the answer to <c>CLUSTER SLOTS</c>: for each range, its first and last slot, the master, the replicas.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="from">Who gave it; it leaves out its own host when it does not know it.</param>
    /// <returns><see langword="null"/> when no slot is anywhere, or the answer is none.</returns>
    public static ClusterMap? Read(RedisReply reply, DnsEndPoint from)
    {
        var map = new ClusterMap();

        foreach (var range in reply.Kind == RedisReplyKind.Array ? reply.ItemArray : [])
        {
            if (range.Kind != RedisReplyKind.Array || range.ItemArray is not [{ Kind: RedisReplyKind.Number } first, { Kind: RedisReplyKind.Number } last, .. var nodes])
            {
                return null;
            }

            var endPoints = nodes.Select(node => ReadNode(node, from)).OfType<DnsEndPoint>().ToList();

            if (endPoints is [var master, ..] && first.Number >= 0 && last.Number < KeySlot.Count)
            {
                map.AddRange((int)first.Number, (int)last.Number, master, endPoints);
            }
        }

        return map.Masters.Count > 0 ? map : null;
    }

    private static DnsEndPoint? ReadNode(RedisReply node, DnsEndPoint from) => node.Kind == RedisReplyKind.Array ? node.ItemArray switch
    {
        [{ Text: "?" }, ..] => null,
        [{ Text: null or "" }, { Number: var port and > 0 and <= ushort.MaxValue }, ..] => new DnsEndPoint(from.Host, (int)port),
        [{ Text: { } host }, { Number: var port and > 0 and <= ushort.MaxValue }, ..] => new DnsEndPoint(host, (int)port),
        _ => null,
    } : null;

    private void AddRange(int first, int last, DnsEndPoint master, List<DnsEndPoint> endPoints)
    {
        AddMaster(master);
        All.UnionWith(endPoints);

        for (var slot = first; slot <= last; slot++)
        {
            this[slot] = master;
        }
    }

    private void AddMaster(DnsEndPoint master)
    {
        if (!Masters.Contains(master))
        {
            Masters.Add(master);
        }
    }
}
