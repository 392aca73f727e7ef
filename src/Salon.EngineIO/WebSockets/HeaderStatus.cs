namespace Salon.EngineIO.WebSockets;

internal enum HeaderStatus
{
    Complete,
    Incomplete,
    Invalid,
}
