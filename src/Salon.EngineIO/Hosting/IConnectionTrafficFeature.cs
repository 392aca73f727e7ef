namespace Salon.EngineIO;

/// <summary>
/// Tells what the operating system has counted on a TCP connection. Connections of
/// <see cref="EventLoopWebHostBuilderExtensions.UseEventLoops"/> have it, also after they became a WebSocket; asking costs a system call,
/// not asking nothing.
/// </summary>
public interface IConnectionTrafficFeature
{
    /// <summary>
    /// Reads the counters. When the connection has ended, they are those of its end, if they were read before; thread-safe.
    /// </summary>
    /// <returns><see langword="false"/> when nothing is known: the connection is no TCP connection, or ended before anybody asked.</returns>
    bool TryRead(out ConnectionTraffic traffic);
}
