namespace Salon.SocketIO.Redis;

/// <summary>Names of channels, and patterns of them.</summary>
internal static class ChannelName
{
    /// <summary>A pattern that only the text itself matches.</summary>
    public static string Escape(string text) =>
        text.AsSpan().IndexOfAny(@"*?[]\") < 0
            ? text
            : string.Concat(text.Select(static sign => @"*?[]\".Contains(sign, StringComparison.Ordinal) ? $"\\{sign}" : sign.ToString()));

    /// <summary>What a channel is for, without the namespace and the room: there are few of these.</summary>
    public static string KindOf(string channel)
    {
        var end = channel.IndexOf('#', StringComparison.Ordinal);
        return end < 0 ? channel : channel[..end];
    }
}
