using System.Security.Cryptography;

namespace Salon.App.Chat.Cluster;

/// <summary>
/// Names what comes from other programs, in the same way on every node: by its content, and how often that was there in the last while. So
/// the nodes, which all get it, can agree on one that stores it; and a program may say the same twice. Used by one task.
/// </summary>
internal sealed class OutsideIds(TimeProvider time)
{
    private const int MaxKnown = 10_000;

    /// <summary>How long nodes must know who has stored something: less than it is remembered, so that what is said again has another name.</summary>
    public static readonly TimeSpan Claim = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Queue<(string Hash, long At)> _inOrder = new();

    public string Next(ReadOnlySpan<byte> payload)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(payload).AsSpan(0, 16));
        var now = time.GetTimestamp();

        while (_inOrder.TryPeek(out var oldest) && (_inOrder.Count >= MaxKnown || time.GetElapsedTime(oldest.At, now) > Memory))
        {
            _inOrder.Dequeue();

            if (--_counts[oldest.Hash] == 0)
            {
                _counts.Remove(oldest.Hash);
            }
        }

        var count = _counts.GetValueOrDefault(hash);
        _counts[hash] = count + 1;
        _inOrder.Enqueue((hash, now));
        return $"{hash}:{count}";
    }
}
