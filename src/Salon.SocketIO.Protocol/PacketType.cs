namespace Salon.SocketIO.Protocol;

/// <summary>What a Socket.IO packet is for (Socket.IO v5, "Packet types").</summary>
/// <remarks>The values are part of the wire format; never renumber.</remarks>
public enum PacketType : byte
{
    /// <summary>The client asks for a namespace, or the server grants it.</summary>
    Connect = 0,

    /// <summary>The sender leaves the namespace.</summary>
    Disconnect = 1,

    /// <summary>An event with its arguments.</summary>
    Event = 2,

    /// <summary>The answer to an event.</summary>
    Ack = 3,

    /// <summary>The server refuses the namespace.</summary>
    ConnectError = 4,

    /// <summary>An event some of whose arguments are, or hold, binary attachments.</summary>
    BinaryEvent = 5,

    /// <summary>An answer some of whose arguments are, or hold, binary attachments.</summary>
    BinaryAck = 6,
}
