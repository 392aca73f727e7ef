namespace Salon.App.Streaming;

/// <summary>Which topics a reader wants; topics are numbers from 0. Immutable.</summary>
internal sealed class TopicSet : IEquatable<TopicSet>
{
    /// <summary>Every topic there is.</summary>
    public static readonly TopicSet All = new(null);

    private readonly ulong[]? _bits;

    private TopicSet(ulong[]? bits) => _bits = bits;

    /// <summary>Whether it is every topic there is.</summary>
    public bool IsAll => _bits is null;

    public static TopicSet Of(IReadOnlyCollection<int> topics)
    {
        var bits = new ulong[(topics.DefaultIfEmpty().Max() / 64) + 1];

        foreach (var topic in topics)
        {
            bits[topic / 64] |= 1UL << (topic % 64);
        }

        return new TopicSet(bits);
    }

    /// <summary>Whether an event of this topic is wanted; what has <see cref="StreamEvent.NoTopic"/> is for everybody.</summary>
    public bool Contains(int topic) => _bits is null || topic < 0 || ((uint)(topic / 64) < (uint)_bits.Length && (_bits[topic / 64] & (1UL << (topic % 64))) != 0);

    public bool Equals(TopicSet? other) => other is not null && (_bits is null ? other._bits is null : other._bits is not null && _bits.AsSpan().SequenceEqual(other._bits));

    public override bool Equals(object? obj) => Equals(obj as TopicSet);

    public override int GetHashCode()
    {
        var hash = default(HashCode);

        foreach (var word in _bits ?? [])
        {
            hash.Add(word);
        }

        return hash.ToHashCode();
    }
}
