namespace Salon.EngineIO.Transports;

/// <summary>What became of a POST.</summary>
internal enum PostResult
{
    Ok,
    Invalid,
    TooLarge,
    TooSlow,
    NoRoom,
}
