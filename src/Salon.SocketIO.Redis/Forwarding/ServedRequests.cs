using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Salon.Supervision;

namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>
/// The requests that other servers have forwarded here. Each is handled once, however often it comes: it is remembered for a while after its end.
/// Thread-safe.
/// </summary>
internal sealed class ServedRequests(
    ForwardBus bus,
    Func<HttpContext, CancellationToken, Task<bool>> serve,
    RedisAdapterOptions options,
    IServiceProvider services,
    RedisMetrics metrics,
    Guard guard,
    TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    // Sessions bound what is being answered; this, what is only remembered.
    private const int MaxRemembered = 10_000;

    // Long enough for goodbyes, and no longer than anybody waits for a program to end.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Sender, ulong Id), ServedRequest> _requests = new();
    private readonly ConcurrentQueue<(long EndedAt, (string Sender, ulong Id) Key)> _ended = new();

    public ForwardBus Bus => bus;

    public IServiceProvider Services => services;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public RedisMetrics Metrics => metrics;

    public int MaxBytes => options.MaxForwardedBytes;

    /// <summary>The bytes of answers that are on their way.</summary>
    public ByteBudget Budget { get; } = new(options.MaxForwardedBytes);

    /// <summary>Takes a message about a request, on the thread that reads.</summary>
    public void OnMessage(ForwardMessage message)
    {
        var isKnown = _requests.TryGetValue((message.Sender, message.Id), out var known);

        switch (message.Kind)
        {
            case ForwardKind.Request when !isKnown:
                Take(message);
                break;

            case ForwardKind.Ask when !isKnown:
                bus.Send(message.Sender, ForwardKind.Unknown, message.Id);
                break;

            case ForwardKind.Request or ForwardKind.Ask:
                known?.OnAsked();
                break;

            case ForwardKind.Received:
                known?.OnReceived();
                break;

            case ForwardKind.Written:
                known?.OnWritten();
                break;

            case ForwardKind.Release:
                known?.Release();
                break;

            case ForwardKind.Gone:
                known?.Abort();
                break;
        }
    }

    /// <summary>A server has left the cluster, and the clients that were waiting at it with it.</summary>
    public void OnLeft(string server)
    {
        foreach (var request in _requests.Values.Where(request => request.Sender == server))
        {
            request.Abort();
        }
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_requests.Values.Select(static request => request.Completed))
            .WaitAsync(EndTimeout, time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Take(ForwardMessage message)
    {
        var request = new ServedRequest(this, message);
        _requests[request.Key] = request;
        ForgetOld();

        // Handlers of the app may run; nothing else is read until this returns.
        ThreadPool.UnsafeQueueUserWorkItem(static taken => taken.Guard.Run("ServedRequest", taken, static taken => taken.Owner.RunAsync(taken.Request)), (Guard: guard, Owner: this, Request: request), preferLocal: false);
    }

    private async Task RunAsync(ServedRequest request)
    {
        // One that fails altogether is remembered too, and forgotten in time.
        var isOurs = true;

        try
        {
            isOurs = await request.RunAsync(serve);
        }
        finally
        {
            if (isOurs)
            {
                _ended.Enqueue((time.GetTimestamp(), request.Key));
            }
            else
            {
                _requests.TryRemove(request.Key, out _);
            }
        }
    }

    private void ForgetOld()
    {
        while (_ended.TryPeek(out var oldest)
            && (_ended.Count > MaxRemembered || time.GetElapsedTime(oldest.EndedAt) > ForwardTimes.Keep)
            && _ended.TryDequeue(out oldest))
        {
            _requests.TryRemove(oldest.Key, out _);
        }
    }
}
