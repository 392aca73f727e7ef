using Salon.Redis.Protocol;

namespace Salon.Redis.Subscriptions;

/// <summary>A message of a channel as it lies in the buffer.</summary>
internal readonly ref struct MessageFrame(SubscriptionKind kind, ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> channel, ReadOnlyMemory<byte> payload)
{
    public SubscriptionKind Kind { get; } = kind;

    /// <summary>The pattern; empty for the other kinds.</summary>
    public ReadOnlySpan<byte> Pattern { get; } = pattern;

    public ReadOnlySpan<byte> Channel { get; } = channel;

    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <returns><see langword="false"/> when it is something else, or not all there: whoever reads any reply is to try.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> input, out MessageFrame message, out int length)
    {
        message = default;
        length = 0;

        if (!TryReadKind(input.Span, out var kind, out var position))
        {
            return false;
        }

        Range pattern = default;

        if (kind == SubscriptionKind.Pattern && !TryReadString(input.Span, ref position, out pattern))
        {
            return false;
        }

        if (!TryReadString(input.Span, ref position, out var channel) || !TryReadString(input.Span, ref position, out var payload))
        {
            return false;
        }

        message = new MessageFrame(kind, input.Span[pattern], input.Span[channel], input[payload]);
        length = position;
        return true;
    }

    private static bool TryReadKind(ReadOnlySpan<byte> input, out SubscriptionKind kind, out int length)
    {
        var message = ">3\r\n$7\r\nmessage\r\n"u8;
        var sharded = ">3\r\n$8\r\nsmessage\r\n"u8;
        var pattern = ">4\r\n$8\r\npmessage\r\n"u8;

        if (input.StartsWith(message))
        {
            (kind, length) = (SubscriptionKind.Channel, message.Length);
            return true;
        }

        kind = input.StartsWith(pattern) ? SubscriptionKind.Pattern : SubscriptionKind.Sharded;
        length = pattern.Length;
        return kind == SubscriptionKind.Pattern || input.StartsWith(sharded);
    }

    private static bool TryReadString(ReadOnlySpan<byte> input, ref int position, out Range content)
    {
        content = default;
        var rest = input[position..];

        if (rest.IsEmpty || rest[0] != (byte)'$')
        {
            return false;
        }

        var end = rest.IndexOf("\r\n"u8);

        if (end < 0 || !RespNumber.TryParseLength(rest[1..end], out var length) || length < 0 || rest.Length < end + 2 + length + 2)
        {
            return false;
        }

        var start = position + end + 2;
        content = start..(start + (int)length);
        position = start + (int)length + 2;
        return rest[(end + 2 + (int)length)..].StartsWith("\r\n"u8);
    }
}
