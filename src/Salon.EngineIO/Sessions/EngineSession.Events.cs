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
        add => SessionEvents.Add(ref Watch().Upgrading, value);
        remove => SessionEvents.Remove(ref Watch().Upgrading, value);
    }

    /// <summary>The session has moved to a WebSocket; <see cref="Transport"/> says so.</summary>
    public event Action<EngineSession>? Upgraded
    {
        add => SessionEvents.Add(ref Watch().Upgraded, value);
        remove => SessionEvents.Remove(ref Watch().Upgraded, value);
    }

    /// <summary>The client has answered a ping.</summary>
    public event Action<EngineSession>? Heartbeat
    {
        add => SessionEvents.Add(ref Watch().Heartbeat, value);
        remove => SessionEvents.Remove(ref Watch().Heartbeat, value);
    }

    /// <summary>A packet has come; its data is valid as long as the handler runs.</summary>
    public event Action<EngineSession, EnginePacket>? PacketReceived
    {
        add => SessionEvents.Add(ref Watch().PacketReceived, value);
        remove => SessionEvents.Remove(ref Watch().PacketReceived, value);
    }

    /// <summary>A message is about to be queued for the client; one that may be dropped was queued.</summary>
    public event Action<EngineSession, EngineMessage>? PacketCreated
    {
        add => SessionEvents.Add(ref Watch().PacketCreated, value);
        remove => SessionEvents.Remove(ref Watch().PacketCreated, value);
    }

    /// <summary>The session has ended.</summary>
    public event Action<EngineSession, CloseReason>? Closed
    {
        add => SessionEvents.Add(ref Watch().Closed, value);
        remove => SessionEvents.Remove(ref Watch().Closed, value);
    }

    private SessionEvents? Events => Volatile.Read(ref _events);

    private SessionEvents Watch() => LazyInitializer.EnsureInitialized(ref _events);
}
