namespace Salon.EngineIO.Protocol;

/// <summary>What an Engine.IO packet is for.</summary>
/// <remarks>The values are part of the wire format (Engine.IO v4, "Packet encoding"); never renumber.</remarks>
public enum EnginePacketType : byte
{
    /// <summary>The handshake: the first packet of a session, from the server.</summary>
    Open = 0,

    /// <summary>The sender ends the session.</summary>
    Close = 1,

    /// <summary>The server asks for a sign of life; with the data <c>probe</c>, the client tries a transport.</summary>
    Ping = 2,

    /// <summary>The answer to a ping.</summary>
    Pong = 3,

    /// <summary>Application data.</summary>
    Message = 4,

    /// <summary>The client moves to the transport it has just tried.</summary>
    Upgrade = 5,

    /// <summary>Nothing; releases a waiting poll.</summary>
    Noop = 6,
}
