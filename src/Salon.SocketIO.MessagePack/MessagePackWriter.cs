using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Salon.SocketIO.MessagePack;

/// <summary>Writes values in the shortest form, as <c>notepack.io</c> 2.2 does.</summary>
internal readonly ref struct MessagePackWriter(IBufferWriter<byte> output)
{
    public void WriteMapHeader(int count) => WriteHeader(count, Format.FixMap, 16, 0, Format.Map16, Format.Map32);

    public void WriteString(ReadOnlySpan<byte> utf8)
    {
        WriteHeader(utf8.Length, Format.FixString, 32, Format.String8, Format.String16, Format.String32);
        output.Write(utf8);
    }

    public void WriteInteger(long value)
    {
        switch (value)
        {
            case >= 0:
                WriteUnsigned((ulong)value);
                break;

            case >= -0x20:
                WriteByte((byte)value);
                break;

            case >= sbyte.MinValue:
                WriteByte(Format.Int8);
                WriteByte((byte)value);
                break;

            case >= short.MinValue:
                BinaryPrimitives.WriteInt16BigEndian(Reserve(Format.Int16, 2), (short)value);
                break;

            case >= int.MinValue:
                BinaryPrimitives.WriteInt32BigEndian(Reserve(Format.Int32, 4), (int)value);
                break;

            default:
                BinaryPrimitives.WriteInt64BigEndian(Reserve(Format.Int64, 8), value);
                break;
        }
    }

    /// <summary>Writes a value whose placeholders stand for attachments.</summary>
    public void WriteJson(in JsonElement value, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when TryGetAttachment(value, attachments, out var data):
                WriteBinary(data.Span);
                break;

            case JsonValueKind.Object:
                WriteMapHeader(value.GetPropertyCount());

                foreach (var property in value.EnumerateObject())
                {
                    WriteString(Encoding.UTF8.GetBytes(property.Name));
                    WriteJson(property.Value, attachments);
                }

                break;

            case JsonValueKind.Array:
                WriteHeader(value.GetArrayLength(), Format.FixArray, 16, 0, Format.Array16, Format.Array32);

                foreach (var element in value.EnumerateArray())
                {
                    WriteJson(element, attachments);
                }

                break;

            case JsonValueKind.String:
                WriteString(Encoding.UTF8.GetBytes(value.GetString()!));
                break;

            case JsonValueKind.Number:
                WriteNumber(value);
                break;

            case JsonValueKind.True:
                WriteByte(Format.True);
                break;

            case JsonValueKind.False:
                WriteByte(Format.False);
                break;

            default:
                WriteByte(Format.Nil);
                break;
        }
    }

    private static bool TryGetAttachment(in JsonElement value, IReadOnlyList<ReadOnlyMemory<byte>> attachments, out ReadOnlyMemory<byte> data)
    {
        data = default;

        if (attachments.Count == 0
            || !value.TryGetProperty("_placeholder"u8, out var mark)
            || mark.ValueKind != JsonValueKind.True
            || !value.TryGetProperty("num"u8, out var number)
            || !number.TryGetInt32(out var index)
            || index < 0
            || index >= attachments.Count)
        {
            return false;
        }

        data = attachments[index];
        return true;
    }

    private void WriteNumber(in JsonElement value)
    {
        if (value.TryGetInt64(out var whole))
        {
            WriteInteger(whole);
        }
        else if (value.TryGetUInt64(out var large))
        {
            WriteUnsigned(large);
        }
        else if (value.GetDouble() is var number && number == Math.Floor(number) && Math.Abs(number) <= 1L << 53)
        {
            // JavaScript has one kind of number: 1.0 is 1.
            WriteInteger((long)number);
        }
        else
        {
            BinaryPrimitives.WriteDoubleBigEndian(Reserve(Format.Float64, 8), number);
        }
    }

    private void WriteUnsigned(ulong value)
    {
        switch (value)
        {
            case < 0x80:
                WriteByte((byte)value);
                break;

            case <= byte.MaxValue:
                WriteByte(Format.UInt8);
                WriteByte((byte)value);
                break;

            case <= ushort.MaxValue:
                BinaryPrimitives.WriteUInt16BigEndian(Reserve(Format.UInt16, 2), (ushort)value);
                break;

            case <= uint.MaxValue:
                BinaryPrimitives.WriteUInt32BigEndian(Reserve(Format.UInt32, 4), (uint)value);
                break;

            default:
                BinaryPrimitives.WriteUInt64BigEndian(Reserve(Format.UInt64, 8), value);
                break;
        }
    }

    private void WriteBinary(ReadOnlySpan<byte> data)
    {
        WriteHeader(data.Length, 0, 0, Format.Binary8, Format.Binary16, Format.Binary32);
        output.Write(data);
    }

    /// <summary>Writes a length in the shortest form that there is; no form is 0.</summary>
    private void WriteHeader(int length, byte shortest, int shortestLimit, byte one, byte two, byte four)
    {
        if (length < shortestLimit)
        {
            WriteByte((byte)(shortest | length));
        }
        else if (length <= byte.MaxValue && one != 0)
        {
            WriteByte(one);
            WriteByte((byte)length);
        }
        else if (length <= ushort.MaxValue)
        {
            BinaryPrimitives.WriteUInt16BigEndian(Reserve(two, 2), (ushort)length);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(Reserve(four, 4), (uint)length);
        }
    }

    private void WriteByte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private Span<byte> Reserve(byte format, int length)
    {
        var span = output.GetSpan(1 + length);
        span[0] = format;
        output.Advance(1 + length);
        return span.Slice(1, length);
    }
}
