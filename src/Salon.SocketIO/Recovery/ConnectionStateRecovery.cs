namespace Salon.SocketIO;

/// <summary>
/// How clients that lost their connection get back what they had: their id, rooms and <see cref="Socket.Data"/>, and the events that they
/// missed. Clients need nothing for it; theirs tell by <c>socket.recovered</c>.
/// </summary>
public sealed class ConnectionStateRecovery
{
    /// <summary>How long a client may be away. The default is 2 minutes.</summary>
    public TimeSpan MaxDisconnectionDuration { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Whether a client that comes back is not asked by the middleware again. The default is <see langword="false"/>: whoever was locked out
    /// meanwhile stays out. (The reference's default is <see langword="true"/>.)
    /// </summary>
    public bool SkipMiddlewares { get; set; }

    /// <summary>
    /// How many bytes of events a namespace keeps. Beyond, the oldest go, and clients that missed them come back as new ones. The default
    /// is 16 MiB.
    /// </summary>
    public long MaxLogBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How many clients of a namespace may be away. Beyond, those that left first are forgotten. The default is 100 000.</summary>
    public int MaxSessions { get; set; } = 100_000;
}
