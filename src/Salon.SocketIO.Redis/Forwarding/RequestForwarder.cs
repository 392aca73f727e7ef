using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salon.EngineIO;
using Salon.Supervision;

namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>
/// Brings requests of long-polling to the servers of their sessions over Redis, and serves what others bring. Owned by the
/// app's services, which end it after the server and before the <see cref="RedisHub"/>. Thread-safe.
/// </summary>
internal sealed partial class RequestForwarder : IRequestForwarder, IAsyncDisposable
{
    // A request with an id that nobody made waits for the answer of Redis, and anybody can send them.
    private const int MaxAsking = 1_000;

    private readonly ForwardBus _bus;
    private readonly RedisMembers _members;
    private readonly RedisAdapterOptions _options;
    private readonly RedisMetrics _metrics;
    private readonly Guard _guard;
    private readonly IServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SentRequests _sent;
    private readonly CancellationTokenRegistration _onStopping;
    private ServedRequests? _served;
    private Listening? _listening;
    private int _hasForwarded;
    private int _asking;

    public RequestForwarder(RedisHub hub, RedisMembers members, IServiceProvider services, TimeProvider time, ILogger logger)
    {
        (_members, _options, _metrics, _guard, _services, _time, _logger) = (members, hub.Options, hub.Metrics, hub.Guard, services, time, logger);
        _bus = new ForwardBus(hub, members.Self);
        var stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default;
        _sent = new SentRequests(_bus, members, hub.Options, hub.Metrics, time, logger, stopping);
        _onStopping = stopping.Register(_sent.Release);
        members.Left += OnLeft;
    }

    public int MaxBodyLength => _options.MaxForwardedBytes;

    public void Start(Func<HttpContext, CancellationToken, Task<bool>> serve)
    {
        if (_served is not null)
        {
            throw new InvalidOperationException("This forwarder belongs to another server already.");
        }

        _served = new ServedRequests(_bus, serve, _options, _services, _metrics, _guard, _time, _logger);
        _listening = _bus.Listen(OnMessage);
    }

    public string CreateSessionId() => SessionTag.CreateId(_bus.Self);

    public async ValueTask<IReadOnlyList<string>> FindServersAsync(string sessionId, CancellationToken cancellationToken)
    {
        if (!SessionTag.IsId(sessionId))
        {
            return [];
        }

        var found = Find(sessionId);

        if (found.Length == 0 && !SessionTag.IsFrom(sessionId, _bus.Self) && _bus.IsConnected)
        {
            // Its server may have come a moment ago, so an answer from before will not do. Ids that nobody made do not become as many questions
            // to Redis: those who ask at a time share the next one.
            await RefreshAsync(cancellationToken);
            found = Find(sessionId);
        }

        return found;
    }

    public Task<ForwardStatus> ForwardAsync(string server, HttpContext context, ReadOnlyMemory<byte> body)
    {
        LogFirst();
        return _sent.ForwardAsync(server, context, body);
    }

    public async ValueTask DisposeAsync()
    {
        await _onStopping.DisposeAsync();
        _members.Left -= OnLeft;

        if (_served is not null)
        {
            await _served.DisposeAsync();
        }

        if (_listening is not null)
        {
            await _listening.DisposeAsync();
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            // What is known is the answer for those who find so many waiting.
            if (Interlocked.Increment(ref _asking) <= MaxAsking)
            {
                await _members.RefreshAsync(cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    private string[] Find(string sessionId) => [.. _members.Others.Where(server => SessionTag.IsFrom(sessionId, server))];

    private void OnMessage(ForwardMessage message)
    {
        if (message.Kind is ForwardKind.Taken or ForwardKind.Answer or ForwardKind.Unknown or ForwardKind.AskWritten)
        {
            _sent.OnReply(message);
        }
        else
        {
            _served!.OnMessage(message);
        }
    }

    private void OnLeft(string server)
    {
        _sent.OnLeft(server);
        _served?.OnLeft(server);
    }

    private void LogFirst()
    {
        if (Volatile.Read(ref _hasForwarded) == 0 && Interlocked.Exchange(ref _hasForwarded, 1) == 0)
        {
            Log.NotSticky(_logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "A request has arrived whose session is on another server, and is forwarded; it will not be said again. Sticky sessions at the proxy would save the detour.", EventName = nameof(NotSticky))]
        public static partial void NotSticky(ILogger logger);
    }
}
