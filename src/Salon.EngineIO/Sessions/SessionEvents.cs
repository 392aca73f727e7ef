using Salon.EngineIO.Protocol;

namespace Salon.EngineIO.Sessions;

/// <summary>Who watches a session. Made with the first of them, since nearly no session is watched.</summary>
internal sealed class SessionEvents
{
    public Action<EngineSession>? Upgrading { get; set; }

    public Action<EngineSession>? Upgraded { get; set; }

    public Action<EngineSession>? Heartbeat { get; set; }

    public Action<EngineSession, EnginePacket>? PacketReceived { get; set; }

    public Action<EngineSession, EngineMessage>? PacketCreated { get; set; }

    public Action<EngineSession, CloseReason>? Closed { get; set; }
}
