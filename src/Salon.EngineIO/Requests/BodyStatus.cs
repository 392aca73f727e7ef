namespace Salon.EngineIO.Requests;

internal enum BodyStatus
{
    Complete,
    TooLarge,
    TooSlow,

    /// <summary>So much of other bodies is being read that there is no room for this one.</summary>
    NoRoom,
    Aborted,
}
