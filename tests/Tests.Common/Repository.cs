using System.Net;
using System.Net.Sockets;

namespace Salon.Tests;

/// <summary>Where things are while tests run.</summary>
public static class Repository
{
    /// <summary>The directory that holds <c>Salon.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A port that nobody listens on, for a program that must be told one.</summary>
    public static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
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
