using System.Globalization;
using System.Text;

namespace Salon.Redis;

/// <summary>
/// What Redis answered. It owns its memory and never changes, so it may be kept and read from any thread. Reading it as something that it
/// is not throws <see cref="InvalidOperationException"/>; numbers may be read from text, since servers send both.
/// </summary>
public sealed class RedisReply
{
    private const int CachedNumbers = 256;

    private static readonly RedisReply[] SmallNumbers = [.. Enumerable.Range(-1, CachedNumbers).Select(static number => new RedisReply(RedisReplyKind.Number, null, number))];

    // A string, an array of bytes or an array of replies, by the kind.
    private readonly object? _value;
    private readonly long _bits;

    private RedisReply(RedisReplyKind kind, object? value, long bits = 0) => (Kind, _value, _bits) = (kind, value, bits);

    /// <summary>What the reply is.</summary>
    public RedisReplyKind Kind { get; }

    /// <summary>Whether there is nothing.</summary>
    public bool IsNull => Kind == RedisReplyKind.Null;

    /// <summary>The bytes, or those of the text; empty for nothing.</summary>
    /// <exception cref="InvalidOperationException">The reply consists of others.</exception>
    public ReadOnlyMemory<byte> Bytes => Kind switch
    {
        RedisReplyKind.Null => default,
        RedisReplyKind.Bytes => (byte[])_value!,
        _ => Encoding.UTF8.GetBytes(Text!),
    };

    /// <summary>The text, read as UTF-8, or a number's digits; <see langword="null"/> for nothing.</summary>
    /// <exception cref="InvalidOperationException">The reply consists of others.</exception>
    public string? Text => Kind switch
    {
        RedisReplyKind.Null => null,
        RedisReplyKind.Bytes => Encoding.UTF8.GetString((byte[])_value!),
        RedisReplyKind.Status or RedisReplyKind.BigNumber or RedisReplyKind.Error => (string)_value!,
        RedisReplyKind.Number or RedisReplyKind.Boolean => _bits.ToString(CultureInfo.InvariantCulture),
        RedisReplyKind.Double => Double.ToString(CultureInfo.InvariantCulture),
        _ => throw Not("text"),
    };

    /// <summary>The whole number, 1 or 0 for true or false.</summary>
    /// <exception cref="InvalidOperationException">The reply is no whole number of 64 bits, nor the text of one.</exception>
    public long Number => Kind switch
    {
        RedisReplyKind.Number or RedisReplyKind.Boolean => _bits,
        RedisReplyKind.Bytes when Protocol.RespNumber.TryParse(Bytes.Span, out long number) => number,
        RedisReplyKind.Status or RedisReplyKind.BigNumber
            when long.TryParse((string)_value!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw Not("a whole number"),
    };

    /// <summary>The number, whole or not.</summary>
    /// <exception cref="InvalidOperationException">The reply is no number, nor the text of one.</exception>
    public double Double => Kind switch
    {
        RedisReplyKind.Double => BitConverter.Int64BitsToDouble(_bits),
        RedisReplyKind.Number => _bits,
        RedisReplyKind.Bytes or RedisReplyKind.Status when Protocol.RespNumber.TryParse(Bytes.Span, out double number) => number,
        _ => throw Not("a number"),
    };

    /// <summary>The replies that this one consists of, a map's keys and values in turn; none for nothing.</summary>
    /// <exception cref="InvalidOperationException">The reply is a single value.</exception>
    public IReadOnlyList<RedisReply> Items => ItemArray;

    /// <summary>The pairs of a map, or of an array that lists keys and values in turn.</summary>
    /// <exception cref="InvalidOperationException">The reply is neither.</exception>
    public IEnumerable<KeyValuePair<RedisReply, RedisReply>> Pairs
    {
        get
        {
            var items = ItemArray;

            for (var i = 0; i + 1 < items.Length; i += 2)
            {
                yield return new KeyValuePair<RedisReply, RedisReply>(items[i], items[i + 1]);
            }
        }
    }

    internal static RedisReply Null { get; } = new(RedisReplyKind.Null, null);

    internal static RedisReply Ok { get; } = new(RedisReplyKind.Status, "OK");

    internal static RedisReply Pong { get; } = new(RedisReplyKind.Status, "PONG");

    internal static RedisReply Queued { get; } = new(RedisReplyKind.Status, "QUEUED");

    internal static RedisReply True { get; } = new(RedisReplyKind.Boolean, null, 1);

    internal static RedisReply False { get; } = new(RedisReplyKind.Boolean, null, 0);

    internal static RedisReply EmptyBytes { get; } = new(RedisReplyKind.Bytes, Array.Empty<byte>());

    internal RedisReply[] ItemArray => Kind switch
    {
        RedisReplyKind.Null => [],
        RedisReplyKind.Array or RedisReplyKind.Set or RedisReplyKind.Map or RedisReplyKind.Push => (RedisReply[])_value!,
        _ => throw Not("a list"),
    };

    /// <summary>The value of a key in a map, or in an array that lists keys and values in turn.</summary>
    /// <returns><see langword="null"/> when there is no such key.</returns>
    /// <exception cref="InvalidOperationException">The reply is a single value.</exception>
    public RedisReply? this[string key]
    {
        get
        {
            foreach (var (name, value) in Pairs)
            {
                if (string.Equals(name.Text, key, StringComparison.Ordinal))
                {
                    return value;
                }
            }

            return null;
        }
    }

    /// <summary>What the reply is and how large, for logs and failing tests: never the bytes themselves.</summary>
    public override string ToString() => Kind switch
    {
        RedisReplyKind.Null => "Null",
        RedisReplyKind.Bytes => $"Bytes <{((byte[])_value!).Length}>",
        RedisReplyKind.Array or RedisReplyKind.Set or RedisReplyKind.Map or RedisReplyKind.Push => $"{Kind} <{ItemArray.Length}>",
        _ => $"{Kind} {Text}",
    };

    internal static RedisReply OfBytes(byte[] bytes) => bytes.Length == 0 ? EmptyBytes : new RedisReply(RedisReplyKind.Bytes, bytes);

    internal static RedisReply OfText(RedisReplyKind kind, string text) => new(kind, text);

    internal static RedisReply OfNumber(long number) =>
        number is >= -1 and < CachedNumbers - 1 ? SmallNumbers[number + 1] : new RedisReply(RedisReplyKind.Number, null, number);

    internal static RedisReply OfDouble(double number) => new(RedisReplyKind.Double, null, BitConverter.DoubleToInt64Bits(number));

    internal static RedisReply OfItems(RedisReplyKind kind, RedisReply[] items) => new(kind, items);

    private InvalidOperationException Not(string what) => new($"The reply is not {what}, but {Kind}.");
}
