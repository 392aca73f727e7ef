namespace Salon.EngineIO.Requests;

internal enum BodyStatus
{
    Complete,
    TooLarge,
    TooSlow,
    Aborted,
}
