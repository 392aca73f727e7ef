namespace Salon.SocketIO.Protocol;

/// <summary>The names that no event on the wire may have: every Socket.IO library uses them for itself.</summary>
public static class ReservedEvents
{
    /// <summary>Whether the name, in UTF-8, is reserved.</summary>
    public static bool Contains(ReadOnlySpan<byte> name) => name.Length switch
    {
        7 => name.SequenceEqual("connect"u8),
        10 => name.SequenceEqual("disconnect"u8),
        11 => name.SequenceEqual("newListener"u8),
        13 => name.SequenceEqual("connect_error"u8) || name.SequenceEqual("disconnecting"u8),
        14 => name.SequenceEqual("removeListener"u8),
        _ => false,
    };

    /// <summary>Whether the name is reserved.</summary>
    public static bool Contains(string name) =>
        name is "connect" or "disconnect" or "newListener" or "connect_error" or "disconnecting" or "removeListener";
}
