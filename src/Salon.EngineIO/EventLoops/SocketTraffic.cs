using System.Runtime.CompilerServices;

namespace Salon.EngineIO.EventLoops;

/// <summary>The counters of a socket, and what they were at its end if anybody had asked for them before. Thread-safe.</summary>
internal sealed class SocketTraffic(SocketHandle handle) : IConnectionTrafficFeature
{
    private StrongBox<ConnectionTraffic>? _last;

    public bool TryRead(out ConnectionTraffic traffic)
    {
        // From the first question on, the end of the connection is told, too.
        Interlocked.CompareExchange(ref _last, new StrongBox<ConnectionTraffic>(), null);

        try
        {
            if (TcpInfo.TryRead(handle, out traffic))
            {
                return true;
            }
        }
        catch (ObjectDisposedException)
        {
            // It has ended; what it was then is kept.
        }

        traffic = Volatile.Read(ref _last).Value;
        return traffic != default;
    }

    /// <summary>The socket is about to be closed.</summary>
    public void Keep()
    {
        if (Volatile.Read(ref _last) is not null && TcpInfo.TryRead(handle, out var traffic))
        {
            Volatile.Write(ref _last, new StrongBox<ConnectionTraffic>(traffic with { IsOpen = false }));
        }
    }
}
