using System.Net;
using System.Net.Sockets;

namespace Salon.Tests;

/// <summary>Where things are while tests run.</summary>
public static class Repository
{
    // Below those that the system gives to connections, of which one may take a port before whoever asked for it has begun to listen; and none twice in a row.
    private const int FirstPort = 10_000;
    private const int LastPort = 32_000;

    private static int s_nextPort = Random.Shared.Next(LastPort);

    /// <summary>The directory that holds <c>Salon.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A port that nobody listens on, for a program that must be told one.</summary>
    public static int FindFreePort() => FindFreePorts(1)[0];

    /// <summary>Finds ports in a row on which nobody listens.</summary>
    public static int[] FindFreePorts(int count)
    {
        while (true)
        {
            var first = FirstPort + (int)((uint)(Interlocked.Add(ref s_nextPort, count) - count) % (LastPort - FirstPort));
            var ports = Enumerable.Range(first, count).ToArray();

            if (Array.TrueForAll(ports, IsFree))
            {
                return ports;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);

        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string FindRoot()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, "Salon.slnx")))
            {
                return directory;
            }
        }

        throw new InvalidOperationException($"No Salon.slnx above {AppContext.BaseDirectory}.");
    }
}
