namespace Salon.EngineIO.Requests;

internal enum BodyStatus
{
    Complete,
    TooLarge,
    Aborted,
}
