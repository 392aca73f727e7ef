namespace Salon.EngineIO.Sessions;

internal enum QueueStatus
{
    Added,
    Dropped,
    Full,
    Completed,
}
