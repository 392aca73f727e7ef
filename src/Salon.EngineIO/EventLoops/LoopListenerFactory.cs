using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Salon.Supervision;

namespace Salon.EngineIO.EventLoops;

/// <summary>
/// Makes Kestrel accept its TCP connections by event loops; other kinds of addresses stay with Kestrel's own transport. Kestrel binds its
/// addresses one after the other.
/// </summary>
internal sealed class LoopListenerFactory(IOptions<KestrelServerOptions> kestrel, ILoggerFactory loggers, TimeProvider? time = null)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private readonly ILogger _logger = SafeLogger.Create(loggers, typeof(LoopListener).FullName!);

    // Threads only once there is an address to listen on.
    private EventLoopGroup? _loops;

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            return new(new LoopListener(endpoint, new LoopOptions(kestrel.Value.Limits), _loops ??= new EventLoopGroup(_logger), time ?? TimeProvider.System, _logger));
        }
        catch (System.Net.Sockets.SocketException exception) when (exception.SocketErrorCode == System.Net.Sockets.SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }
    }

    public void Dispose() => _loops?.Dispose();
}
