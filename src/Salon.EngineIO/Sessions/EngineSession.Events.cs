using Salon.EngineIO.Protocol;
using Salon.EngineIO.Sessions;

namespace Salon.EngineIO;

/// <content>
/// What can be watched. Handlers are called on whichever thread does the work, so they must not wait. One that throws is logged, and neither
/// the session nor the other handlers notice.
/// </content>
public sealed partial class EngineSession
{
    private SessionEvents? _events;

    /// <summary>A WebSocket tries to take the session over from polling.</summary>
    public event Action<EngineSession>? Upgrading
    {
        add => Watch().Upgrading += value;
        remove => Watch().Upgrading -= value;
    }

    /// <summary>The session has moved to a WebSocket; <see cref="Transport"/> says so.</summary>
    public event Action<EngineSession>? Upgraded
    {
        add => Watch().Upgraded += value;
        remove => Watch().Upgraded -= value;
    }

    /// <summary>The client has answered a ping.</summary>
    public event Action<EngineSession>? Heartbeat
    {
        add => Watch().Heartbeat += value;
        remove => Watch().Heartbeat -= value;
    }

    /// <summary>A packet has come; its data is valid as long as the handler runs.</summary>
    public event Action<EngineSession, EnginePacket>? PacketReceived
    {
        add => Watch().PacketReceived += value;
        remove => Watch().PacketReceived -= value;
    }

    /// <summary>A message is about to be queued for the client; one that may be dropped was queued.</summary>
    public event Action<EngineSession, EngineMessage>? PacketCreated
    {
        add => Watch().PacketCreated += value;
        remove => Watch().PacketCreated -= value;
    }

    /// <summary>The session has ended.</summary>
    public event Action<EngineSession, CloseReason>? Closed
    {
        add => Watch().Closed += value;
        remove => Watch().Closed -= value;
    }

    private SessionEvents? Events => Volatile.Read(ref _events);

    private SessionEvents Watch() => LazyInitializer.EnsureInitialized(ref _events);
}
