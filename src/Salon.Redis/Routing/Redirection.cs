using System.Globalization;
using System.Net;

namespace Salon.Redis.Routing;

/// <summary>What a server of a cluster says when it does not have a slot: <c>MOVED 3999 10.0.0.1:6381</c>.</summary>
/// <param name="IsAsking">Whether the slot is still on its way there, so that only this command goes to the other server.</param>
/// <param name="Slot">The slot.</param>
/// <param name="EndPoint">Who has it.</param>
internal readonly record struct Redirection(bool IsAsking, int Slot, DnsEndPoint EndPoint)
{
    /// <summary>Whether the error is about where a slot is, or that it is nowhere.</summary>
    public static bool IsAboutSlots(string error) => error.Split(' ', 2)[0] is "MOVED" or "ASK" or "CLUSTERDOWN" or "TRYAGAIN";

    /// <param name="error">What the server says.</param>
    /// <param name="from">The server; it leaves out its own host when it does not know it.</param>
    /// <param name="redirection">The same, read.</param>
    public static bool TryParse(string error, DnsEndPoint from, out Redirection redirection)
    {
        redirection = default;

        if (error.Split(' ') is not [("MOVED" or "ASK") and var kind, var slot, var address]
            || !int.TryParse(slot, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number >= KeySlot.Count
            || address.LastIndexOf(':') is not (>= 0 and var colon)
            || !ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }

        var host = colon == 0 ? from.Host : address[..colon];
        redirection = new Redirection(kind == "ASK", number, new DnsEndPoint(host, port));
        return true;
    }
}
