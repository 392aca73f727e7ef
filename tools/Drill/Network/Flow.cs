namespace Salon.Drills.Network;

/// <summary>Which ways of a connection a fault is in.</summary>
[Flags]
internal enum Flow
{
    None = 0,
    ToServer = 1,
    ToClient = 2,
    Both = ToServer | ToClient,
}
