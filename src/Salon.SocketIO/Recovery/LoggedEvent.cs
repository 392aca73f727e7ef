using Salon.EngineIO;

namespace Salon.SocketIO.Recovery;

/// <summary>An event that somebody may have missed.</summary>
/// <param name="Place">Its place in the order of the namespace, which is its offset.</param>
/// <param name="EmittedAt">When, in ticks of the clock.</param>
/// <param name="Message">The event as clients get it.</param>
/// <param name="Options">To whom.</param>
/// <param name="AckId">The number of the answer that is waited for, of events that ask one socket.</param>
internal sealed record LoggedEvent(EventPlace Place, long EmittedAt, EngineMessage Message, BroadcastOptions Options, long? AckId)
{
    // What an entry takes besides its message.
    private const int CostOfAnEntry = 128;

    public long Size => CostOfAnEntry + Message.Size;
}
