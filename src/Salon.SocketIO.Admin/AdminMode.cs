namespace Salon.SocketIO.Admin;

/// <summary>How much administrators see. The names are those of the reference.</summary>
public enum AdminMode
{
    /// <summary>Numbers only: connections, packets and bytes, by server and namespace. It costs next to nothing.</summary>
    Production,

    /// <summary>Sockets, rooms and events one by one, up to <see cref="AdminOptions.MaxSockets"/> and <see cref="AdminOptions.MaxEventsPerSecond"/>.</summary>
    Development,
}
