namespace Salon.Redis.Protocol;

/// <summary>A reply that consists of others, of which some have still to arrive.</summary>
internal struct OpenAggregate
{
    // What the length promises is believed only as it arrives.
    private const int FirstCapacity = 256;

    private readonly byte _type;
    private readonly int _count;
    private RedisReply[] _items;
    private int _filled;

    public OpenAggregate(byte type, int count) => (_type, _count, _items) = (type, count, new RedisReply[Math.Min(count, FirstCapacity)]);

    /// <summary>Whether it describes the reply that comes after it, and is no reply itself.</summary>
    public readonly bool IsAttribute => _type == (byte)'|';

    /// <returns>Whether it was the last.</returns>
    public bool Add(RedisReply item)
    {
        if (_filled == _items.Length)
        {
            Array.Resize(ref _items, Math.Min(_count, _items.Length * 2));
        }

        _items[_filled++] = item;
        return _filled == _count;
    }

    public readonly RedisReply Build() => RedisReply.OfItems(KindOf(_type), _items);

    public static RedisReplyKind KindOf(byte type) => type switch
    {
        (byte)'%' => RedisReplyKind.Map,
        (byte)'~' => RedisReplyKind.Set,
        (byte)'>' => RedisReplyKind.Push,
        _ => RedisReplyKind.Array,
    };
}
