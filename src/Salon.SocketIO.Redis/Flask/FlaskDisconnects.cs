using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Salon.SocketIO.Redis.Flask;

/// <summary>
/// Disconnects sockets, one after the other, on a task of its own: that calls handlers of the program, for which the bus does not wait.
/// Thread-safe.
/// </summary>
internal sealed partial class FlaskDisconnects : IAsyncDisposable
{
    private const int MaxWaiting = 10_000;

    private readonly Channel<Socket> _waiting = Channel.CreateBounded<Socket>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly ILogger _logger;
    private readonly Task _running;

    public FlaskDisconnects(ILogger logger)
    {
        _logger = logger;
        _running = RunAsync();
    }

    /// <returns><see langword="false"/> when too many wait already.</returns>
    public bool TryAdd(Socket socket) => _waiting.Writer.TryWrite(socket);

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _running;
    }

    private async Task RunAsync()
    {
        await foreach (var socket in _waiting.Reader.ReadAllAsync())
        {
            try
            {
                socket.Disconnect();
            }
            catch (Exception exception)
            {
                // Its handlers are the program's.
                Log.DisconnectFailed(_logger, exception, socket.Namespace.Name);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A socket of {Namespace} could not be disconnected as the bus of Flask-SocketIO asks.", EventName = nameof(DisconnectFailed))]
        public static partial void DisconnectFailed(ILogger logger, Exception exception, string @namespace);
    }
}
