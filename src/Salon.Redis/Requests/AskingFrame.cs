namespace Salon.Redis.Requests;

/// <summary>A command with <c>ASKING</c> before it: a server takes it although the slot has not arrived there completely.</summary>
internal static class AskingFrame
{
    private static ReadOnlySpan<byte> Asking => "*1\r\n$6\r\nASKING\r\n"u8;

    public static byte[] Before(byte[] frame) => frame.AsSpan().StartsWith(Asking) ? frame : [.. Asking, .. frame];

    public static byte[] Without(byte[] frame) => frame.AsSpan().StartsWith(Asking) ? frame[Asking.Length..] : frame;
}
