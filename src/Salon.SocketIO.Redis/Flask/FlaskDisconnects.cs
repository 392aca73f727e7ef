using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Salon.Supervision;

namespace Salon.SocketIO.Redis.Flask;

/// <summary>
/// Disconnects sockets, one after the other, on a task of its own: that calls handlers of the program, for which the bus does not wait.
/// Thread-safe.
/// </summary>
internal sealed partial class FlaskDisconnects : IAsyncDisposable
{
    private const int MaxWaiting = 10_000;

    private readonly Channel<(string Namespace, Action Disconnect)> _waiting =
        Channel.CreateBounded<(string Namespace, Action Disconnect)>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;

    public FlaskDisconnects(ILogger logger, Guard guard, TimeProvider time)
    {
        _logger = logger;
        _running = guard.KeepRunningAsync("FlaskDisconnects", RunAsync, time, _end.Token);
    }

    /// <param name="namespace">The namespace that the socket is in.</param>
    /// <param name="disconnect">Disconnects it.</param>
    /// <returns><see langword="false"/> when too many wait already, or it is the end.</returns>
    public bool TryAdd(string @namespace, Action disconnect) => _waiting.Writer.TryWrite((@namespace, disconnect));

    public async ValueTask DisposeAsync()
    {
        // What waits is done before the end.
        _waiting.Writer.TryComplete();
        await _running;
        _end.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        await foreach (var (space, disconnect) in _waiting.Reader.ReadAllAsync(stopping))
        {
            try
            {
                disconnect();
            }
            catch (Exception exception)
            {
                // Its handlers are the program's.
                Log.DisconnectFailed(_logger, exception, space);
            }
        }

        // The channel is complete, and nothing comes any more.
        await _end.CancelAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A socket of {Namespace} could not be disconnected as the bus of Flask-SocketIO asks.", EventName = nameof(DisconnectFailed))]
        public static partial void DisconnectFailed(ILogger logger, Exception exception, string @namespace);
    }
}
