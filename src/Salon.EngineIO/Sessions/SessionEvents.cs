using Salon.EngineIO.Protocol;

namespace Salon.EngineIO.Sessions;

/// <summary>Who watches a session. Made with the first of them, since nearly no session is watched. Thread-safe.</summary>
internal sealed class SessionEvents
{
    // Changed by Add and Remove alone: "+=" is two steps for a field of another type, and who comes between them would be lost.
    public Action<EngineSession>? Upgrading;
    public Action<EngineSession>? Upgraded;
    public Action<EngineSession>? Heartbeat;
    public Action<EngineSession, EnginePacket>? PacketReceived;
    public Action<EngineSession, EngineMessage>? PacketCreated;
    public Action<EngineSession, CloseReason>? Closed;

    public static void Add<T>(ref T? handlers, T? added)
        where T : Delegate
    {
        T? before, now = Volatile.Read(ref handlers);

        do
        {
            before = now;
            now = Interlocked.CompareExchange(ref handlers, (T?)Delegate.Combine(before, added), before);
        }
        while (!ReferenceEquals(now, before));
    }

    public static void Remove<T>(ref T? handlers, T? removed)
        where T : Delegate
    {
        T? before, now = Volatile.Read(ref handlers);

        do
        {
            before = now;
            now = Interlocked.CompareExchange(ref handlers, (T?)Delegate.Remove(before, removed), before);
        }
        while (!ReferenceEquals(now, before));
    }
}
