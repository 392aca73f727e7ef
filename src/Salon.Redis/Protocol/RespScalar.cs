using System.Text;

namespace Salon.Redis.Protocol;

/// <summary>Replies that are one line.</summary>
internal static class RespScalar
{
    /// <returns><see langword="null"/> when there is no such type, or no such value of it.</returns>
    public static RedisReply? Read(byte type, ReadOnlySpan<byte> line) => type switch
    {
        (byte)'+' => ReadStatus(line),
        (byte)'-' => RedisReply.OfText(RedisReplyKind.Error, Encoding.UTF8.GetString(line)),
        (byte)':' => RespNumber.TryParse(line, out long number) ? RedisReply.OfNumber(number) : null,
        (byte)',' => RespNumber.TryParse(line, out double number) ? RedisReply.OfDouble(number) : null,
        (byte)'#' => line switch { [(byte)'t'] => RedisReply.True, [(byte)'f'] => RedisReply.False, _ => null },
        (byte)'(' => IsWholeNumber(line) ? RedisReply.OfText(RedisReplyKind.BigNumber, Encoding.ASCII.GetString(line)) : null,
        (byte)'_' => line.IsEmpty ? RedisReply.Null : null,
        _ => null,
    };

    private static RedisReply ReadStatus(ReadOnlySpan<byte> line)
    {
        if (line.SequenceEqual("OK"u8))
        {
            return RedisReply.Ok;
        }

        if (line.SequenceEqual("QUEUED"u8))
        {
            return RedisReply.Queued;
        }

        return line.SequenceEqual("PONG"u8) ? RedisReply.Pong : RedisReply.OfText(RedisReplyKind.Status, Encoding.UTF8.GetString(line));
    }

    private static bool IsWholeNumber(ReadOnlySpan<byte> line)
    {
        var digits = line is [(byte)'-' or (byte)'+', .. var rest] ? rest : line;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }
}
