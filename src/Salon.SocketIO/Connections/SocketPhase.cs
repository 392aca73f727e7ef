namespace Salon.SocketIO.Connections;

/// <summary>How far a socket has come; it only moves forward.</summary>
internal enum SocketPhase
{
    /// <summary>In the middleware.</summary>
    Connecting,

    Connected,
    Disconnected,
}
