using System.Globalization;
using System.Text;

namespace Salon.Clients.Tests.Differential;

/// <summary>The packets of a polling payload.</summary>
internal static class Packets
{
    public static IEnumerable<string> Split(byte[] payload, bool isVersion4)
    {
        if (isVersion4)
        {
            return Encoding.UTF8.GetString(payload).Split('\x1e');
        }

        return payload is [0 or 1, ..] ? SplitBinary(payload) : SplitText(Encoding.UTF8.GetString(payload));
    }

    private static IEnumerable<string> SplitText(string payload)
    {
        while (payload.Length > 0)
        {
            var colon = payload.IndexOf(':', StringComparison.Ordinal);
            var length = int.Parse(payload.AsSpan(0, colon), CultureInfo.InvariantCulture);
            yield return payload.Substring(colon + 1, length);
            payload = payload[(colon + 1 + length)..];
        }
    }

    /// <summary>A byte for text or binary, the digits of the length as bytes, 255, the packet.</summary>
    private static IEnumerable<string> SplitBinary(byte[] payload)
    {
        while (payload.Length > 0)
        {
            var end = Array.IndexOf(payload, (byte)255);
            var length = payload[1..end].Aggregate(0, static (sum, digit) => (sum * 10) + digit);
            var packet = payload[(end + 1)..(end + 1 + length)];
            yield return payload[0] == 1 ? $"binary {Convert.ToHexStringLower(packet)}" : Encoding.UTF8.GetString(packet);
            payload = payload[(end + 1 + length)..];
        }
    }
}
