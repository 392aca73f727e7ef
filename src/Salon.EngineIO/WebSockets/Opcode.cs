namespace Salon.EngineIO.WebSockets;

/// <summary>What a WebSocket frame holds (RFC 6455, section 5.2).</summary>
/// <remarks>The values are part of the wire format; never renumber.</remarks>
internal enum Opcode : byte
{
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xa,
}
