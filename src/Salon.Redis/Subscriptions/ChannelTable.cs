using System.Diagnostics.CodeAnalysis;

namespace Salon.Redis.Subscriptions;

/// <summary>Channels by kind and name, found by the bytes of the name as they arrive. Guarded by the lock of its owner.</summary>
internal sealed class ChannelTable
{
    private readonly Dictionary<byte[], SubscribedChannel>[] _byKind =
        [.. Enum.GetValues<SubscriptionKind>().Select(static _ => new Dictionary<byte[], SubscribedChannel>(NameComparer.Instance))];

    public IEnumerable<SubscribedChannel> All => _byKind.SelectMany(static channels => channels.Values);

    public bool IsEmpty => Array.TrueForAll(_byKind, static channels => channels.Count == 0);

    public void Add(SubscribedChannel channel) => _byKind[(int)channel.Kind].Add(channel.NameBytes, channel);

    /// <summary>Removes this channel, and not another that has taken its name since.</summary>
    public bool Remove(SubscribedChannel channel) => Contains(channel) && _byKind[(int)channel.Kind].Remove(channel.NameBytes);

    public bool Contains(SubscribedChannel channel) => Find(channel.Kind, channel.NameBytes) == channel;

    public SubscribedChannel? Find(SubscriptionKind kind, ReadOnlySpan<byte> name) =>
        _byKind[(int)kind].GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var channel) ? channel : null;

    private sealed class NameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static NameComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] name) => GetHashCode(name.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public int GetHashCode(ReadOnlySpan<byte> name)
        {
            var hash = new HashCode();
            hash.AddBytes(name);
            return hash.ToHashCode();
        }
    }
}
