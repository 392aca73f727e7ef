using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace Salon.SocketIO.Redis.Flask.Pickling;

/// <summary>
/// Reads what a pickle holds, if that is plain data: texts, numbers, bytes, lists, tuples and maps. Nothing is looked up, made or called by
/// name. A list may still hold itself, and little may stand for much: whoever goes through the result counts.
/// </summary>
internal ref struct PickleReader
{
    /// <summary>What pickles of all protocols that are read begin with, and no JSON does.</summary>
    public const byte FirstByte = (byte)PickleOpcode.Proto;

    // A map of one byte takes some hundred in memory.
    private const int MaxValues = 250_000;

    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private ReadOnlySpan<byte> _rest;
    private int _values;

    private PickleReader(ReadOnlySpan<byte> pickle) => _rest = pickle;

    private readonly int Floor => _marks.Count > 0 ? _marks[^1] : 0;

    /// <summary>Reads a pickle.</summary>
    /// <returns>
    /// <see langword="null"/>, <see cref="bool"/>, <see cref="long"/>, <see cref="BigInteger"/>, <see cref="double"/>, <see cref="string"/>, an array of
    /// bytes, a list of these, a <see cref="PickleTuple"/>, or an ordered dictionary.
    /// </returns>
    /// <exception cref="FormatException">It is none, or one that holds more than plain data.</exception>
    public static object? Read(ReadOnlySpan<byte> pickle)
    {
        var reader = pickle is [FirstByte, ..] ? new PickleReader(pickle) : throw new FormatException("It is no pickle that is read.");

        while (true)
        {
            var opcode = (PickleOpcode)reader.TakeByte();

            if (opcode == PickleOpcode.Stop)
            {
                return reader._rest.IsEmpty && reader._marks.Count == 0 ? reader.Pop() : throw new FormatException("The pickle ends too early.");
            }

            reader.Step(opcode);
        }
    }

    private void Step(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                if (TakeByte() is < 2 or > 5)
                {
                    throw new FormatException("The pickle is of another protocol.");
                }

                break;

            case PickleOpcode.Frame:
                // How much of what follows belongs together, which is no matter here.
                Take(8);
                break;

            case PickleOpcode.Mark:
                _marks.Add(_stack.Count);
                break;

            case PickleOpcode.Append or PickleOpcode.Appends or PickleOpcode.SetItem or PickleOpcode.SetItems:
                Fill(opcode);
                break;

            case PickleOpcode.Memoize:
                Remember((uint)_memo.Count);
                break;

            case PickleOpcode.BinPut or PickleOpcode.LongBinPut:
                Remember(TakeIndex(opcode == PickleOpcode.LongBinPut));
                break;

            default:
                Push(TakeValue(opcode));
                break;
        }
    }

    private object? TakeValue(PickleOpcode opcode) => opcode switch
    {
        PickleOpcode.None => null,
        PickleOpcode.NewTrue => true,
        PickleOpcode.NewFalse => false,
        PickleOpcode.BinInt => (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
        PickleOpcode.BinInt1 => (long)TakeByte(),
        PickleOpcode.BinInt2 => (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
        PickleOpcode.Long1 => new BigInteger(Take(TakeByte())),
        PickleOpcode.BinFloat => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
        PickleOpcode.ShortBinUnicode => TakeText(TakeByte()),
        PickleOpcode.BinUnicode => TakeText(TakeLength(4)),
        PickleOpcode.BinUnicode8 => TakeText(TakeLength(8)),
        PickleOpcode.ShortBinBytes => Take(TakeByte()).ToArray(),
        PickleOpcode.BinBytes => Take(TakeLength(4)).ToArray(),
        PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8 => Take(TakeLength(8)).ToArray(),
        PickleOpcode.EmptyList => new List<object?>(),
        PickleOpcode.EmptyDict => new OrderedDictionary<string, object?>(StringComparer.Ordinal),
        PickleOpcode.EmptyTuple => new PickleTuple([]),
        PickleOpcode.Tuple1 => new PickleTuple(PopFrom(_stack.Count - 1)),
        PickleOpcode.Tuple2 => new PickleTuple(PopFrom(_stack.Count - 2)),
        PickleOpcode.Tuple3 => new PickleTuple(PopFrom(_stack.Count - 3)),
        PickleOpcode.Tuple => new PickleTuple(PopToMark()),
        PickleOpcode.BinGet or PickleOpcode.LongBinGet => _memo.TryGetValue(TakeIndex(opcode == PickleOpcode.LongBinGet), out var known)
            ? known
            : throw new FormatException("The pickle refers to what is not there."),
        _ => throw new FormatException($"The pickle holds more than plain data (0x{(byte)opcode:x2}), or is broken."),
    };

    private void Fill(PickleOpcode opcode)
    {
        var items = opcode switch
        {
            PickleOpcode.Append => PopFrom(_stack.Count - 1),
            PickleOpcode.SetItem => PopFrom(_stack.Count - 2),
            _ => PopToMark(),
        };

        if (opcode is PickleOpcode.Append or PickleOpcode.Appends)
        {
            (Peek() as List<object?> ?? throw new FormatException("The pickle adds to what is no list.")).AddRange(items);
            return;
        }

        var map = Peek() as OrderedDictionary<string, object?> ?? throw new FormatException("The pickle adds to what is no map.");

        if (items.Count % 2 != 0)
        {
            throw new FormatException("The pickle has a key without a value.");
        }

        for (var i = 0; i < items.Count; i += 2)
        {
            map[ReadKey(items[i])] = items[i + 1];
        }
    }

    // As Python itself writes keys that are numbers when it writes JSON.
    private static string ReadKey(object? key) => key switch
    {
        string text => text,
        long or BigInteger => FormattableString.Invariant($"{key}"),
        _ => throw new FormatException("The pickle has a key that is neither a text nor a number."),
    };

    private void Push(object? value)
    {
        if (++_values > MaxValues)
        {
            throw new FormatException("The pickle holds too much.");
        }

        _stack.Add(value);
    }

    private readonly void Remember(uint index)
    {
        if (_memo.Count > MaxValues)
        {
            throw new FormatException("The pickle holds too much.");
        }

        _memo[index] = Peek();
    }

    private readonly object? Pop() => PopFrom(_stack.Count - 1)[0];

    private readonly object? Peek() => _stack.Count > Floor ? _stack[^1] : throw new FormatException("The pickle takes what is not there.");

    private readonly List<object?> PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw new FormatException("The pickle has no mark.");
        }

        var start = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return PopFrom(start);
    }

    private readonly List<object?> PopFrom(int start)
    {
        if (start < Floor)
        {
            throw new FormatException("The pickle takes what is not there.");
        }

        var items = _stack.GetRange(start, _stack.Count - start);
        _stack.RemoveRange(start, items.Count);
        return items;
    }

    private uint TakeIndex(bool isLong) => isLong ? BinaryPrimitives.ReadUInt32LittleEndian(Take(4)) : TakeByte();

    private int TakeLength(int size)
    {
        var length = size == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(Take(4)) : BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
        return length <= (ulong)_rest.Length ? (int)length : throw new FormatException("The pickle ends too early.");
    }

    private string TakeText(int length)
    {
        var text = Take(length);
        return Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : throw new FormatException("The pickle holds a text that is none.");
    }

    private byte TakeByte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw new FormatException("The pickle ends too early.");
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
