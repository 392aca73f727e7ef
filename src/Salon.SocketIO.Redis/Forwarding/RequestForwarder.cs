using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salon.EngineIO;

namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>
/// Brings requests of long-polling to the servers of their sessions over Redis, and serves what others bring. Owned by the
/// <see cref="RedisHub"/>. Thread-safe.
/// </summary>
internal sealed partial class RequestForwarder : IRequestForwarder, IAsyncDisposable
{
    private const int MaxRemembered = 4096;

    private readonly ForwardBus _bus;
    private readonly RedisMembers _members;
    private readonly RedisAdapterOptions _options;
    private readonly RedisMetrics _metrics;
    private readonly IServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ByteBudget _budget;
    private readonly ConcurrentDictionary<ulong, SentRequest> _sent = new();
    private readonly RecentIds _written = new(MaxRemembered);
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenRegistration _onStopping;
    private ServedRequests? _served;
    private Listening? _listening;
    private ulong _lastId;
    private int _hasForwarded;

    public RequestForwarder(RedisHub hub, RedisMembers members, IServiceProvider services, TimeProvider time, ILogger logger)
    {
        (_members, _options, _metrics, _services, _time, _logger) = (members, hub.Options, hub.Metrics, services, time, logger);
        _bus = new ForwardBus(hub, members.Self);
        _budget = new ByteBudget(_options.MaxForwardedBytes);
        _stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default;
        _onStopping = _stopping.Register(Release);
        members.Left += OnLeft;
    }

    public int MaxBodyLength => _options.MaxForwardedBytes;

    public void Start(Func<HttpContext, CancellationToken, Task<bool>> serve)
    {
        if (_served is not null)
        {
            throw new InvalidOperationException("This forwarder belongs to another server already.");
        }

        _served = new ServedRequests(_bus, serve, _options, _services, _metrics, _time, _logger);
        _listening = _bus.Listen(OnMessage);
    }

    public string CreateSessionId() => SessionTag.CreateId(_bus.Self);

    public async ValueTask<IReadOnlyList<string>> FindServersAsync(string sessionId, CancellationToken cancellationToken)
    {
        if (SessionTag.Read(sessionId) is not { } tag)
        {
            return [];
        }

        var found = Find(tag);

        if (found.Length == 0 && !_bus.Self.StartsWith(tag, StringComparison.Ordinal) && _bus.IsConnected)
        {
            // It may have come a moment ago.
            await _members.RefreshAsync(cancellationToken);
            found = Find(tag);
        }

        return found;
    }

    public async Task<ForwardStatus> ForwardAsync(string server, HttpContext context, ReadOnlyMemory<byte> body)
    {
        LogFirst();
        var id = Interlocked.Increment(ref _lastId);
        var sent = new SentRequest(server, isPoll: HttpMethods.IsGet(context.Request.Method), _time);
        var status = ForwardStatus.Unavailable;

        try
        {
            if (_metrics.AddWaiting(1) <= _options.MaxForwardedRequests)
            {
                _sent[id] = sent;
                status = await ExchangeAsync(id, sent, context, body);
            }
        }
        finally
        {
            _sent.TryRemove(id, out _);
            _metrics.AddWaiting(-1);
            _metrics.OnForwarded(status);
        }

        return status;
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

    private string[] Find(string tag) => [.. _members.Others.Where(id => id.StartsWith(tag, StringComparison.Ordinal))];

    private async Task<ForwardStatus> ExchangeAsync(ulong id, SentRequest sent, HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (!_members.Others.Contains(sent.Server))
        {
            // It left before it could be seen that somebody waits for it.
            return ForwardStatus.UnknownSession;
        }

        if (!await TryAcquireAsync(body.Length, context.RequestAborted))
        {
            return context.RequestAborted.IsCancellationRequested ? ForwardStatus.Answered : ForwardStatus.Unavailable;
        }

        try
        {
            var status = await AskAsync(id, sent, ForwardCodec.Encode(ForwardedHttp.ToMessage(context.Request, body, _bus.Self, id)), context.RequestAborted);

            if (status != ForwardStatus.Answered || !sent.IsAnswered)
            {
                SayGone(id, sent);
                return status;
            }
        }
        finally
        {
            _budget.Release(body.Length);
        }

        return sent.Answer is { } answer ? await WriteAsync(id, sent, answer, context) : ForwardStatus.UnknownSession;
    }

    private async Task<bool> TryAcquireAsync(int bytes, CancellationToken aborted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        limit.CancelAfter(ForwardTimes.GiveUp);

        try
        {
            await _budget.AcquireAsync(bytes, limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Sends the request, again if need be, until it is answered, the client is gone, or it is clear that nothing will come.</summary>
    private async Task<ForwardStatus> AskAsync(ulong id, SentRequest sent, byte[] request, CancellationToken aborted)
    {
        _bus.Send(sent.Server, request);

        while (true)
        {
            var isEnding = sent.IsPoll && _stopping.IsCancellationRequested;
            var patience = sent.IsTaken && !isEnding ? ForwardTimes.Ask : ForwardTimes.Retry;
            await sent.WaitAsync(patience, aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            if (sent.IsAnswered || aborted.IsCancellationRequested)
            {
                return ForwardStatus.Answered;
            }

            if (sent.Silence > (sent.IsTaken ? ForwardTimes.Silence : ForwardTimes.GiveUp))
            {
                Log.NoAnswer(_logger, sent.Server);
                return ForwardStatus.Unavailable;
            }

            if (_bus.IsConnected)
            {
                Remind(id, sent, request);
            }
        }
    }

    private void Remind(ulong id, SentRequest sent, byte[] request)
    {
        if (!sent.IsTaken)
        {
            _bus.Send(sent.Server, request);
        }
        else if (sent.IsPoll && _stopping.IsCancellationRequested)
        {
            _bus.Send(sent.Server, ForwardKind.Release, id);
        }
        else if (sent.Silence > ForwardTimes.Ask / 2)
        {
            _bus.Send(sent.Server, ForwardKind.Ask, id);
        }
    }

    private async Task<ForwardStatus> WriteAsync(ulong id, SentRequest sent, ForwardMessage answer, HttpContext context)
    {
        var writing = ForwardedHttp.WriteAsync(answer, context);

        if (!writing.IsCompleted && sent.IsPoll)
        {
            _bus.Send(sent.Server, ForwardKind.Received, id);
        }

        await writing;

        if (context.RequestAborted.IsCancellationRequested)
        {
            SayGone(id, sent);
        }
        else if (sent.IsPoll)
        {
            _written.Add(id);
            _bus.Send(sent.Server, ForwardKind.Written, id);
        }

        return ForwardStatus.Answered;
    }

    private void SayGone(ulong id, SentRequest sent)
    {
        if (sent.IsPoll)
        {
            _bus.Send(sent.Server, ForwardKind.Gone, id);
        }
    }

    private void OnMessage(ForwardMessage message)
    {
        if (message.Kind is ForwardKind.Taken or ForwardKind.Answer or ForwardKind.Unknown or ForwardKind.AskWritten)
        {
            OnReply(message);
        }
        else
        {
            _served!.OnMessage(message);
        }
    }

    private void OnReply(ForwardMessage message)
    {
        if (!_sent.TryGetValue(message.Id, out var sent))
        {
            if (message.Kind is ForwardKind.Answer or ForwardKind.AskWritten)
            {
                _bus.Send(message.Sender, _written.Contains(message.Id) ? ForwardKind.Written : ForwardKind.Gone, message.Id);
            }
        }
        else if (sent.Server == message.Sender)
        {
            switch (message.Kind)
            {
                case ForwardKind.Taken:
                    sent.OnTaken();
                    break;

                case ForwardKind.Unknown:
                    sent.OnAnswer(null);
                    break;

                case ForwardKind.Answer or ForwardKind.AskWritten when sent.IsAnswered:
                    // The client is still reading.
                    _bus.Send(sent.Server, ForwardKind.Received, message.Id);
                    break;

                case ForwardKind.Answer:
                    sent.OnAnswer(message);
                    break;
            }
        }
    }

    private void OnLeft(string server)
    {
        foreach (var sent in _sent.Values.Where(sent => sent.Server == server))
        {
            sent.OnAnswer(null);
        }

        _served?.OnLeft(server);
    }

    /// <summary>This server is about to end: those who poll shall not keep it from it, and come back by another.</summary>
    private void Release()
    {
        foreach (var (id, sent) in _sent.Where(static sent => sent.Value.IsPoll))
        {
            _bus.Send(sent.Server, ForwardKind.Release, id);
        }
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

        [LoggerMessage(2, LogLevel.Debug, "Server {Server} did not answer a request that was forwarded to it.", EventName = nameof(NoAnswer))]
        public static partial void NoAnswer(ILogger logger, string server);
    }
}
