using Salon.EngineIO;

namespace Salon.SocketIO.Recovery;

/// <summary>An event that somebody may have missed.</summary>
/// <param name="Number">Its place in the order of the namespace, which is its offset.</param>
/// <param name="EmittedAt">When, in ticks of the clock.</param>
/// <param name="Message">The event as clients get it.</param>
/// <param name="Rooms">To whom; nobody in particular for everybody.</param>
/// <param name="Except">Whom it left out.</param>
/// <param name="AckId">The number of the answer that is waited for, of events that ask one socket.</param>
internal sealed record LoggedEvent(
    long Number,
    long EmittedAt,
    EngineMessage Message,
    IReadOnlyList<string> Rooms,
    IReadOnlyList<string> Except,
    long? AckId)
{
    // What an entry takes besides its message.
    private const int CostOfAnEntry = 128;

    public long Size => CostOfAnEntry + Message.Size;

    /// <summary>Whether a member of these rooms would have got it.</summary>
    public bool IsFor(IReadOnlySet<string> rooms) => (Rooms.Count == 0 || Rooms.Any(rooms.Contains)) && !Except.Any(rooms.Contains);
}
