using System.Globalization;
using System.Text;

namespace Salon.Redis;

/// <summary>
/// An argument of a command: bytes, or a text or number that is sent as its UTF-8. Made by conversion:
/// <c>RedisCommand.Create("SET", "key", 5)</c>. Bytes are copied when the command is created.
/// </summary>
public readonly struct RedisArgument
{
    // Room for any long, and for any double in its shortest form.
    private const int MaxNumberLength = 32;

    private readonly string? _text;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly long _bits;
    private readonly ArgumentKind _kind;

    private RedisArgument(ArgumentKind kind, string? text, ReadOnlyMemory<byte> bytes, long bits) =>
        (_kind, _text, _bytes, _bits) = (kind, text, bytes, bits);

    private enum ArgumentKind : byte
    {
        Bytes,
        Text,
        Number,
        Double,
    }

    /// <summary>A text, sent as UTF-8.</summary>
    /// <exception cref="ArgumentNullException">There is none: Redis knows no argument that is nothing.</exception>
    public static implicit operator RedisArgument(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new RedisArgument(ArgumentKind.Text, text, default, 0);
    }

    /// <summary>Bytes as they are.</summary>
    /// <exception cref="ArgumentNullException">There are none.</exception>
    public static implicit operator RedisArgument(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new RedisArgument(ArgumentKind.Bytes, null, bytes, 0);
    }

    /// <summary>Bytes as they are.</summary>
    public static implicit operator RedisArgument(ReadOnlyMemory<byte> bytes) => new(ArgumentKind.Bytes, null, bytes, 0);

    /// <summary>A whole number, sent as its digits.</summary>
    public static implicit operator RedisArgument(long number) => new(ArgumentKind.Number, null, default, number);

    /// <summary>A number, sent so that it reads back as the same; infinities as <c>inf</c> and <c>-inf</c>.</summary>
    /// <exception cref="ArgumentException">It is not a number.</exception>
    public static implicit operator RedisArgument(double number) => double.IsNaN(number)
        ? throw new ArgumentException("Redis knows no number that is none.", nameof(number))
        : new RedisArgument(ArgumentKind.Double, null, default, BitConverter.DoubleToInt64Bits(number));

    /// <summary>The length on the wire, in bytes.</summary>
    internal int GetLength()
    {
        switch (_kind)
        {
            case ArgumentKind.Bytes:
                return _bytes.Length;
            case ArgumentKind.Text:
                return Encoding.UTF8.GetByteCount(_text!);
            default:
                Span<byte> digits = stackalloc byte[MaxNumberLength];
                return Format(digits);
        }
    }

    internal void CopyTo(Span<byte> destination)
    {
        switch (_kind)
        {
            case ArgumentKind.Bytes:
                _bytes.Span.CopyTo(destination);
                break;
            case ArgumentKind.Text:
                Encoding.UTF8.GetBytes(_text, destination);
                break;
            default:
                Format(destination);
                break;
        }
    }

    /// <summary>Whether it is this word, in any case.</summary>
    internal bool Is(string word) => _kind switch
    {
        ArgumentKind.Text => string.Equals(_text, word, StringComparison.OrdinalIgnoreCase),
        ArgumentKind.Bytes => Ascii.EqualsIgnoreCase(_bytes.Span, word),
        _ => false,
    };

    /// <summary>Whether it says how many, and says none.</summary>
    internal bool IsZero() => (_kind == ArgumentKind.Number && _bits == 0) || Is("0");

    private int Format(Span<byte> destination)
    {
        if (_kind == ArgumentKind.Number)
        {
            _bits.TryFormat(destination, out var length, default, CultureInfo.InvariantCulture);
            return length;
        }

        var number = BitConverter.Int64BitsToDouble(_bits);

        if (double.IsInfinity(number))
        {
            var name = number > 0 ? "inf"u8 : "-inf"u8;
            name.CopyTo(destination);
            return name.Length;
        }

        number.TryFormat(destination, out var digits, default, CultureInfo.InvariantCulture);
        return digits;
    }
}
