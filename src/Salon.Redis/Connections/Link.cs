using Microsoft.Extensions.Logging;

namespace Salon.Redis.Connections;

/// <summary>
/// A connection that comes back: connects, lets the connection work, and when it ends, tries again until it is stopped. The loop owns the
/// connection; the rest may be called from any thread.
/// </summary>
internal sealed partial class Link(ClientContext context, string purpose, IEndPointSource source, ILinkUser user)
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Backoff _backoff = new(context.Options);
    private Task _running = Task.CompletedTask;
    private bool _wasConnected;

    /// <summary>The connection, while there is one.</summary>
    public RedisConnection? Connection { get; private set; }

    /// <summary>What stands in the way of one.</summary>
    public string? Obstacle { get; private set; } = "no connection yet";

    /// <summary>Starts to connect. Called once.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Ends the connection and the attempts.</summary>
    public Task StopAsync()
    {
        _stopping.Cancel();
        Connection?.Abort(ConnectionEnd.Stopped);
        return _running;
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await ConnectOnceAsync();
                await Task.Delay(_backoff.Next(), context.Time, _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // StopAsync waits for this.
            }
            catch (ConnectFailedException exception)
            {
                await OnFailedAsync(exception);
            }
            catch (Exception exception)
            {
                // A mistake of ours: the loop must go on, or nothing would ever be sent again.
                Log.LoopFailed(context.Logger, exception, purpose);
                await OnFailedAsync(new ConnectFailedException(ConnectFailure.Unreachable, exception.Message, exception));
            }
        }
    }

    private async Task OnFailedAsync(ConnectFailedException exception)
    {
        Obstacle = $"not connected, since {exception.Message}";
        context.Failures.OnFailed(exception);

        if (exception.IsLasting)
        {
            _backoff.Slow();
        }

        // The loop looks at the token itself.
        await Task.Delay(_backoff.Next(), context.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ConnectOnceAsync()
    {
        var endPoint = await source.FindAsync(_stopping.Token);
        var open = await context.Opener.OpenAsync(endPoint, source.Credentials, source.MustBeMaster, _stopping.Token);
        var connection = new RedisConnection(context, open, user.GetQueue(), user.Pushes);
        var since = context.Time.GetTimestamp();

        Connection = connection;
        OnConnected(connection);

        if (_stopping.IsCancellationRequested)
        {
            // StopAsync may have looked before there was one.
            connection.Abort(ConnectionEnd.Stopped);
        }

        var end = await connection.RunAsync();

        Connection = null;
        Obstacle = $"not connected, since {end.Description}";
        OnDisconnected(connection, end);
        _backoff.OnLasted(context.Time.GetElapsedTime(since));
    }

    private void OnConnected(RedisConnection connection)
    {
        Obstacle = null;
        Log.Connected(context.Logger, connection.EndPoint.Host, connection.EndPoint.Port, purpose);

        if (_wasConnected)
        {
            context.Metrics.OnReconnected(purpose);
        }

        _wasConnected = true;
        user.OnConnected(connection);
    }

    private void OnDisconnected(RedisConnection connection, ConnectionEnd end)
    {
        if (end.Kind != ConnectionEndKind.Stopped)
        {
            Log.Lost(context.Logger, connection.EndPoint.Host, connection.EndPoint.Port, purpose, end.Description);
        }

        user.OnDisconnected(end);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Connected to Redis at {Host}:{Port} for {Purpose}.", EventName = nameof(Connected))]
        public static partial void Connected(ILogger logger, string host, int port, string purpose);

        [LoggerMessage(2, LogLevel.Warning, "The connection to Redis at {Host}:{Port} for {Purpose} was lost: {Reason}.", EventName = nameof(Lost))]
        public static partial void Lost(ILogger logger, string host, int port, string purpose, string reason);

        [LoggerMessage(3, LogLevel.Error, "The connection to Redis for {Purpose} failed unexpectedly.", EventName = nameof(LoopFailed))]
        public static partial void LoopFailed(ILogger logger, Exception exception, string purpose);
    }
}
