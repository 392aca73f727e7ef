using System.Security.Cryptography;
using System.Text;
using Salon.App.Hosting;

namespace Salon.App.Stocks.Cluster;

/// <summary>Where a market is in Redis. Nodes with other settings make another market; the braces keep one together in a Redis Cluster.</summary>
internal sealed class MarketKeys(IMarketSource source, RedisSettings settings)
{
    private readonly string _prefix = settings.NameOf($"salon:stocks:{{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source.Fingerprint)).AsSpan(0, 6))}}}");

    /// <summary>Who makes the market.</summary>
    public string Lease => $"{_prefix}:lease";

    /// <summary>The stream of its newest steps.</summary>
    public string Steps => $"{_prefix}:steps";

    /// <summary>How everything stood a moment ago, for nodes that come later.</summary>
    public string State => $"{_prefix}:state";
}
