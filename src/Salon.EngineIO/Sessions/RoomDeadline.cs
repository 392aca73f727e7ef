using Salon.Timing;

namespace Salon.EngineIO.Sessions;

/// <summary>The end of the patience with a client that somebody waits for: it may give signs of life and still read nothing.</summary>
internal sealed class RoomDeadline(EngineSession session, Task room) : Deadline
{
    protected internal override void OnDue()
    {
        if (!room.IsCompleted)
        {
            session.Close(CloseReason.TooSlow);
        }
    }
}
