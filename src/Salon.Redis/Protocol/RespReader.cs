using System.Text;

namespace Salon.Redis.Protocol;

/// <summary>
/// Reads replies as they arrive, in pieces of any size: RESP3, and RESP2, which it contains. What has been taken in is not looked at again,
/// whatever its size. Memory grows with what has arrived, never with what was announced. Used by one thread at a time.
/// </summary>
internal sealed class RespReader(RespLimits limits)
{
    private readonly OpenAggregate[] _open = new OpenAggregate[RespLimits.MaxDepth];
    private OpenBulk _bulk;
    private int _depth;
    private int _elements;
    private long _bytes;

    /// <summary>Why what came is invalid.</summary>
    public string? Error { get; private set; }

    /// <summary>Whether the next byte is the first of a reply.</summary>
    public bool IsBetweenReplies => _elements == 0;

    /// <param name="input">What has arrived and was not consumed before.</param>
    /// <param name="consumed">How much of it will not be needed again, whatever the result.</param>
    /// <param name="reply">The reply, when it is complete.</param>
    public ReadStatus Read(ReadOnlySpan<byte> input, out int consumed, out RedisReply? reply)
    {
        consumed = 0;
        reply = null;

        while (true)
        {
            var rest = input[consumed..];
            var status = _bulk.IsOpen ? ReadBulk(rest, out var used, out var value) : ReadLine(rest, out used, out value);
            consumed += used;

            if (status != ReadStatus.Complete)
            {
                return status;
            }

            if (value is not null && TryFinish(value, out reply))
            {
                _elements = 0;
                _bytes = 0;
                return ReadStatus.Complete;
            }
        }
    }

    /// <summary>Puts a value where it belongs; returns whether that made a whole reply.</summary>
    private bool TryFinish(RedisReply value, out RedisReply? reply)
    {
        reply = null;

        while (_depth > 0)
        {
            ref var parent = ref _open[_depth - 1];

            if (!parent.Add(value))
            {
                return false;
            }

            var isAttribute = parent.IsAttribute;
            value = isAttribute ? value : parent.Build();
            parent = default;
            _depth--;

            if (isAttribute)
            {
                return false;
            }
        }

        reply = value;
        return true;
    }

    private ReadStatus ReadLine(ReadOnlySpan<byte> input, out int used, out RedisReply? value)
    {
        used = 0;
        value = null;
        var end = input[..Math.Min(input.Length, RespLimits.MaxLine)].IndexOf((byte)'\r');

        if (end < 0)
        {
            return input.Length >= RespLimits.MaxLine ? Fail($"a line of more than {RespLimits.MaxLine} bytes") : ReadStatus.NeedsMore;
        }

        if (end == input.Length - 1)
        {
            return ReadStatus.NeedsMore;
        }

        if (end == 0 || input[end + 1] != (byte)'\n')
        {
            return Fail("a line without a type or an end");
        }

        if (++_elements > RespLimits.MaxElements)
        {
            return Fail($"a reply of more than {RespLimits.MaxElements} values");
        }

        used = end + 2;
        var line = input[1..end];

        return input[0] switch
        {
            (byte)'$' or (byte)'!' or (byte)'=' => StartBulk(input[0], line, input[used..], ref used, out value),
            (byte)'*' or (byte)'~' or (byte)'%' or (byte)'>' or (byte)'|' => StartAggregate(input[0], line, out value),
            _ => ReadScalar(input[0], line, out value),
        };
    }

    private ReadStatus ReadScalar(byte type, ReadOnlySpan<byte> line, out RedisReply? value)
    {
        value = RespScalar.Read(type, line);
        return value is null ? Fail($"no value of the type 0x{type:x2}") : ReadStatus.Complete;
    }

    private ReadStatus StartBulk(byte type, ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest, ref int used, out RedisReply? value)
    {
        value = null;

        if (!RespNumber.TryParseLength(line, out var length) || (length < 0 && type != (byte)'$'))
        {
            return Fail("a string without a length");
        }

        if (length < 0)
        {
            value = RedisReply.Null;
            return ReadStatus.Complete;
        }

        if (length > Array.MaxLength || (_bytes += length) > limits.MaxBytes)
        {
            return Fail($"a reply of more than {limits.MaxBytes} bytes");
        }

        if (rest.Length < length + 2)
        {
            _bulk.Open(type, (int)length);
            return ReadStatus.Complete;
        }

        used += (int)length + 2;
        return FinishBulk(type, rest[..(int)length], null, rest.Slice((int)length, 2), out value);
    }

    private ReadStatus ReadBulk(ReadOnlySpan<byte> input, out int used, out RedisReply? value)
    {
        value = null;
        used = _bulk.Fill(input);

        if (!_bulk.IsFull || input.Length - used < 2)
        {
            return ReadStatus.NeedsMore;
        }

        var end = input.Slice(used, 2);
        used += 2;
        var bytes = _bulk.Close();
        return FinishBulk(_bulk.Type, bytes, bytes, end, out value);
    }

    /// <param name="type">The first byte of the reply.</param>
    /// <param name="content">What the string consists of.</param>
    /// <param name="own">The same, when it need not be copied any more.</param>
    /// <param name="end">What follows it.</param>
    /// <param name="value">The reply.</param>
    private ReadStatus FinishBulk(byte type, ReadOnlySpan<byte> content, byte[]? own, ReadOnlySpan<byte> end, out RedisReply? value)
    {
        value = null;

        if (!end.SequenceEqual("\r\n"u8))
        {
            return Fail("a string that is longer than its length");
        }

        switch (type)
        {
            case (byte)'!':
                value = RedisReply.OfText(RedisReplyKind.Error, Encoding.UTF8.GetString(content));
                return ReadStatus.Complete;

            // A verbatim string says what it is in three letters and a colon: nobody has asked for that.
            case (byte)'=' when content.Length < 4 || content[3] != (byte)':':
                return Fail("a verbatim string without a format");
            case (byte)'=':
                value = RedisReply.OfBytes(content[4..].ToArray());
                return ReadStatus.Complete;
            default:
                value = RedisReply.OfBytes(own ?? content.ToArray());
                return ReadStatus.Complete;
        }
    }

    private ReadStatus StartAggregate(byte type, ReadOnlySpan<byte> line, out RedisReply? value)
    {
        value = null;

        if (!RespNumber.TryParseLength(line, out var count) || (count < 0 && type != (byte)'*') || (type == (byte)'>' && (count == 0 || _depth > 0)))
        {
            return Fail("a list without a length");
        }

        var items = type is (byte)'%' or (byte)'|' ? count * 2 : count;

        if (items > RespLimits.MaxElements)
        {
            return Fail($"a reply of more than {RespLimits.MaxElements} values");
        }

        if (items > 0)
        {
            return Open(type, (int)items);
        }

        // An empty attribute describes nothing, and the reply comes after it.
        value = type == (byte)'|' ? null : count < 0 ? RedisReply.Null : RedisReply.OfItems(OpenAggregate.KindOf(type), []);
        return ReadStatus.Complete;
    }

    private ReadStatus Open(byte type, int items)
    {
        if (_depth == RespLimits.MaxDepth)
        {
            return Fail($"replies in replies more than {RespLimits.MaxDepth} deep");
        }

        _open[_depth++] = new OpenAggregate(type, items);
        return ReadStatus.Complete;
    }

    private ReadStatus Fail(string what)
    {
        Error = what;
        return ReadStatus.Invalid;
    }
}
