namespace Salon.EngineIO.WebSockets;

/// <summary>Why a WebSocket is closed (RFC 6455, section 7.4.1). What clients send may be another number.</summary>
/// <remarks>The values are part of the wire format; never renumber.</remarks>
internal enum CloseStatus : ushort
{
    /// <summary>The close frame says nothing.</summary>
    None = 0,

    Normal = 1000,
    GoingAway = 1001,
    ProtocolError = 1002,
    InvalidPayload = 1007,
    PolicyViolation = 1008,
    TooBig = 1009,
    InternalError = 1011,
}
