using System.Net;
using Microsoft.Extensions.Logging;
using Salon.Redis.Connections;
using Salon.Redis.Requests;

namespace Salon.Redis.Routing;

/// <summary>
/// Reads the map of a cluster, once at the start and again whenever somebody finds it wrong: one reading at a time, and not many in a second.
/// The loop calls back; the rest may be called from any thread.
/// </summary>
internal sealed partial class ClusterWatch(ClientContext context, Func<IEnumerable<DnsEndPoint>> candidates, Func<ClusterMap, Task> onRead)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly RedisCommand ClusterSlots = RedisCommand.Create("CLUSTER", "SLOTS");

    private readonly WakeSignal _signal = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Backoff _backoff = new(context.Options);
    private Task _running = Task.CompletedTask;

    /// <summary>Why there is no map.</summary>
    public string? Obstacle { get; private set; } = "no connection to the cluster yet";

    public void Start()
    {
        _signal.Set();
        _running = Task.Run(RunAsync);
    }

    /// <summary>Reads the map anew, soon.</summary>
    public void Refresh() => _signal.Set();

    public Task StopAsync()
    {
        _stopping.Cancel();
        _signal.End();
        return _running;
    }

    private async Task RunAsync()
    {
        while (await _signal.WaitAsync() && !_stopping.IsCancellationRequested)
        {
            try
            {
                await onRead(await ReadAsync());
                Obstacle = null;
                _backoff.OnLasted(TimeSpan.MaxValue);
                await Task.Delay(Pause, context.Time, _stopping.Token);
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
                // A mistake of ours: the loop must go on, or no command would ever find its server again.
                Log.LoopFailed(context.Logger, exception);
                await OnFailedAsync(new ConnectFailedException(ConnectFailure.Unreachable, exception.Message, exception));
            }
        }
    }

    private async Task OnFailedAsync(ConnectFailedException exception)
    {
        Obstacle = $"not connected, since {exception.Message}";
        context.Failures.OnFailed(exception);
        _signal.Set();

        if (exception.IsLasting)
        {
            _backoff.Slow();
        }

        // The loop looks at the token itself.
        await Task.Delay(_backoff.Next(), context.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Asks one server after the other.</summary>
    private async Task<ClusterMap> ReadAsync()
    {
        ConnectFailedException? failure = null;

        foreach (var endPoint in candidates())
        {
            try
            {
                var reply = await Question.AskAsync(context, endPoint, context.Credentials, ClusterSlots, _stopping.Token);

                if (ClusterMap.Read(reply, endPoint) is { } map)
                {
                    return map;
                }

                failure ??= new ConnectFailedException(ConnectFailure.NotReady, $"{endPoint.Host}:{endPoint.Port}: the cluster has no slots yet");
            }
            catch (ConnectFailedException exception)
            {
                failure = failure is { IsLasting: true } ? failure : exception;
            }
        }

        throw failure ?? new ConnectFailedException(ConnectFailure.Unreachable, "no server of the cluster is known");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Reading the map of the Redis cluster failed unexpectedly.", EventName = nameof(LoopFailed))]
        public static partial void LoopFailed(ILogger logger, Exception exception);
    }
}
