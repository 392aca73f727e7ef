using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Salon.EngineIO.EventLoops;

namespace Salon.EngineIO;

/// <summary>Chooses how Kestrel reads from the network.</summary>
public static class EventLoopWebHostBuilderExtensions
{
    /// <summary>
    /// Lets Kestrel read from its TCP connections by event loops, one thread for each processor, instead of by its own transport. A WebSocket
    /// then takes its socket with it and costs a third of the CPU and of the memory.
    /// </summary>
    /// <remarks>
    /// <para>
    /// What a client sends is handled on the thread that read it, up to the first <c>await</c> that waits. A handler that holds the thread
    /// for more than about 20 ms is left alone with it: another thread takes over. At most 64 threads of a loop can be held at once.
    /// </para>
    /// <para>
    /// The request of a WebSocket ends as soon as the WebSocket is open, so that <c>RequestAborted</c> and the app's own middleware do not see
    /// its end, and Kestrel's <c>MaxConcurrentUpgradedConnections</c> does not count it any more. Where TLS or another connection middleware
    /// lies between the socket and the request, WebSockets stay with Kestrel. On other systems than Linux on x64 or Arm64 the call does nothing.
    /// </para>
    /// <para>
    /// Kestrel gets a connection with its first byte, so that those of which nothing comes cost next to nothing; one that stays silent after ten
    /// seconds. So long a client has to wait for a protocol in which the server speaks first, which neither HTTP nor TLS is.
    /// </para>
    /// </remarks>
    /// <example><code>
    /// builder.WebHost.UseEventLoops();
    /// </code></example>
    public static IWebHostBuilder UseEventLoops(this IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
        {
            return builder;
        }

        return builder.ConfigureServices(static services => services.AddSingleton<IConnectionListenerFactory, LoopListenerFactory>());
    }
}
