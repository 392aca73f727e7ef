using System.Buffers.Binary;

namespace Salon.SocketIO.MessagePack;

/// <summary>
/// Reads values one after the other. What is announced and not there is <see cref="ValueKind.Invalid"/>: nothing is reserved for it.
/// </summary>
internal ref struct MessagePackReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _position;

    public readonly bool IsAtEnd => _position == _data.Length;

    public readonly int Position => _position;

    /// <summary>The last value: of <see cref="ValueKind.Boolean"/>, <see cref="ValueKind.Signed"/> and <see cref="ValueKind.Unsigned"/>.</summary>
    public long Integer { get; private set; }

    /// <summary>The last value: of <see cref="ValueKind.Float"/>.</summary>
    public double Float { get; private set; }

    /// <summary>The last value: of <see cref="ValueKind.String"/>, <see cref="ValueKind.Binary"/> and <see cref="ValueKind.Extension"/>.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The number of elements, or of pairs, that follow.</summary>
    public int Count { get; private set; }

    /// <summary>The type of the last extension.</summary>
    public sbyte ExtensionType { get; private set; }

    public ValueKind Read()
    {
        if (!TryTake(1, out var first))
        {
            return ValueKind.Invalid;
        }

        return first[0] switch
        {
            <= Format.MaxPositiveFixInt => Take(ValueKind.Signed, first[0]),
            < Format.FixArray => TakeCount(ValueKind.Map, first[0] & 0x0f, bytesEach: 2),
            < Format.FixString => TakeCount(ValueKind.Array, first[0] & 0x0f, bytesEach: 1),
            < Format.Nil => TakeBytes(ValueKind.String, first[0] & 0x1f),
            Format.Nil => ValueKind.Nil,
            Format.False => Take(ValueKind.Boolean, 0),
            Format.True => Take(ValueKind.Boolean, 1),
            Format.Binary8 => TakeSized(ValueKind.Binary, 1),
            Format.Binary16 => TakeSized(ValueKind.Binary, 2),
            Format.Binary32 => TakeSized(ValueKind.Binary, 4),
            Format.Ext8 => TakeSized(ValueKind.Extension, 1),
            Format.Ext16 => TakeSized(ValueKind.Extension, 2),
            Format.Ext32 => TakeSized(ValueKind.Extension, 4),
            Format.Float32 => TakeFloat(4),
            Format.Float64 => TakeFloat(8),
            >= Format.UInt8 and <= Format.UInt64 => TakeUnsigned(1 << (first[0] - Format.UInt8)),
            >= Format.Int8 and <= Format.Int64 => TakeSigned(1 << (first[0] - Format.Int8)),
            >= Format.FixExt1 and <= Format.FixExt16 => TakeExtension(1 << (first[0] - Format.FixExt1)),
            Format.String8 => TakeSized(ValueKind.String, 1),
            Format.String16 => TakeSized(ValueKind.String, 2),
            Format.String32 => TakeSized(ValueKind.String, 4),
            Format.Array16 => TakeSized(ValueKind.Array, 2),
            Format.Array32 => TakeSized(ValueKind.Array, 4),
            Format.Map16 => TakeSized(ValueKind.Map, 2),
            Format.Map32 => TakeSized(ValueKind.Map, 4),
            >= Format.MinNegativeFixInt => Take(ValueKind.Signed, (sbyte)first[0]),
            _ => ValueKind.Invalid,
        };
    }

    /// <summary>Passes over the next value, whatever it is.</summary>
    public bool TrySkip()
    {
        // A loop and not a recursion: depth costs nothing here.
        for (long left = 1; left > 0; left--)
        {
            switch (Read())
            {
                case ValueKind.Invalid:
                    return false;

                case ValueKind.Array:
                    left += Count;
                    break;

                case ValueKind.Map:
                    left += 2L * Count;
                    break;
            }
        }

        return true;
    }

    private bool TryTake(int length, out ReadOnlySpan<byte> taken)
    {
        taken = default;

        if (length > _data.Length - _position)
        {
            return false;
        }

        taken = _data.Slice(_position, length);
        _position += length;
        return true;
    }

    private ValueKind Take(ValueKind kind, long value)
    {
        Integer = value;
        return kind;
    }

    private ValueKind TakeSized(ValueKind kind, int sizeLength)
    {
        if (TakeUnsigned(sizeLength) == ValueKind.Invalid || Integer > int.MaxValue)
        {
            return ValueKind.Invalid;
        }

        var size = (int)Integer;

        return kind switch
        {
            ValueKind.Array => TakeCount(kind, size, bytesEach: 1),
            ValueKind.Map => TakeCount(kind, size, bytesEach: 2),
            ValueKind.Extension => TakeExtension(size),
            _ => TakeBytes(kind, size),
        };
    }

    /// <summary>A container cannot have more elements than there are bytes.</summary>
    private ValueKind TakeCount(ValueKind kind, int count, int bytesEach)
    {
        Count = count;
        return (long)count * bytesEach <= _data.Length - _position ? kind : ValueKind.Invalid;
    }

    private ValueKind TakeBytes(ValueKind kind, int length)
    {
        if (!TryTake(length, out var bytes))
        {
            return ValueKind.Invalid;
        }

        Bytes = bytes;
        return kind;
    }

    private ValueKind TakeExtension(int length)
    {
        if (!TryTake(1, out var type))
        {
            return ValueKind.Invalid;
        }

        ExtensionType = (sbyte)type[0];
        return TakeBytes(ValueKind.Extension, length);
    }

    private ValueKind TakeUnsigned(int length)
    {
        if (!TryTake(length, out var bytes))
        {
            return ValueKind.Invalid;
        }

        Integer = length switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            _ => BinaryPrimitives.ReadInt64BigEndian(bytes),
        };

        return ValueKind.Unsigned;
    }

    private ValueKind TakeSigned(int length)
    {
        if (!TryTake(length, out var bytes))
        {
            return ValueKind.Invalid;
        }

        Integer = length switch
        {
            1 => (sbyte)bytes[0],
            2 => BinaryPrimitives.ReadInt16BigEndian(bytes),
            4 => BinaryPrimitives.ReadInt32BigEndian(bytes),
            _ => BinaryPrimitives.ReadInt64BigEndian(bytes),
        };

        return ValueKind.Signed;
    }

    private ValueKind TakeFloat(int length)
    {
        if (!TryTake(length, out var bytes))
        {
            return ValueKind.Invalid;
        }

        Float = length == 4 ? BinaryPrimitives.ReadSingleBigEndian(bytes) : BinaryPrimitives.ReadDoubleBigEndian(bytes);
        return ValueKind.Float;
    }
}
