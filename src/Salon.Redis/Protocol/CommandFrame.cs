using System.Globalization;
using System.Text;

namespace Salon.Redis.Protocol;

/// <summary>Writes commands as they go over the wire: an array of strings.</summary>
internal static class CommandFrame
{
    private const int ArgumentsOnStack = 32;

    /// <param name="name">The command.</param>
    /// <param name="arguments">What follows it.</param>
    /// <param name="keyIndex">Which of them is the key; -1 for none.</param>
    /// <param name="key">Where the key stands in the result.</param>
    public static byte[] Write(string name, ReadOnlySpan<RedisArgument> arguments, int keyIndex, out Range key)
    {
        var lengths = arguments.Length <= ArgumentsOnStack ? stackalloc int[ArgumentsOnStack] : new int[arguments.Length];
        var nameLength = Encoding.UTF8.GetByteCount(name);
        var size = SizeOfHeader(arguments.Length + 1) + SizeOfBulk(nameLength);

        for (var i = 0; i < arguments.Length; i++)
        {
            lengths[i] = arguments[i].GetLength();
            size = checked(size + SizeOfBulk(lengths[i]));
        }

        var frame = GC.AllocateUninitializedArray<byte>(size);
        var position = WriteHeader(frame, '*', arguments.Length + 1);
        position += WriteHeader(frame.AsSpan(position), '$', nameLength);
        position += Encoding.UTF8.GetBytes(name, frame.AsSpan(position));
        position = EndLine(frame, position);
        key = default;

        for (var i = 0; i < arguments.Length; i++)
        {
            position += WriteHeader(frame.AsSpan(position), '$', lengths[i]);
            arguments[i].CopyTo(frame.AsSpan(position, lengths[i]));

            if (i == keyIndex)
            {
                key = position..(position + lengths[i]);
            }

            position = EndLine(frame, position + lengths[i]);
        }

        return frame;
    }

    private static int SizeOfBulk(int length) => checked(SizeOfHeader(length) + length + 2);

    private static int SizeOfHeader(int length) => 1 + CountDigits(length) + 2;

    private static int CountDigits(int number)
    {
        var digits = 1;

        while ((number /= 10) > 0)
        {
            digits++;
        }

        return digits;
    }

    private static int WriteHeader(Span<byte> destination, char type, int length)
    {
        destination[0] = (byte)type;
        var isWritten = length.TryFormat(destination[1..], out var digits, default, CultureInfo.InvariantCulture);
        System.Diagnostics.Debug.Assert(isWritten, "the size was counted before");
        return EndLine(destination, 1 + digits);
    }

    private static int EndLine(Span<byte> destination, int position)
    {
        destination[position] = (byte)'\r';
        destination[position + 1] = (byte)'\n';
        return position + 2;
    }
}
