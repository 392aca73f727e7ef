using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Salon.EngineIO;

namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>The requests that arrived here and are on their way to the servers of their sessions. Thread-safe.</summary>
/// <param name="bus">Between the servers.</param>
/// <param name="members">The other servers.</param>
/// <param name="options">How much may be on its way.</param>
/// <param name="metrics">Counts it.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="stopping">Cancelled when this server is about to end.</param>
internal sealed partial class SentRequests(
    ForwardBus bus,
    RedisMembers members,
    RedisAdapterOptions options,
    RedisMetrics metrics,
    TimeProvider time,
    ILogger logger,
    CancellationToken stopping)
{
    private const int MaxRemembered = 4096;

    private readonly ByteBudget _budget = new(options.MaxForwardedBytes);
    private readonly ConcurrentDictionary<ulong, SentRequest> _sent = new();
    private readonly RecentIds _written = new(MaxRemembered);
    private ulong _lastId;

    /// <summary>Has a request answered by the server that has its session.</summary>
    public async Task<ForwardStatus> ForwardAsync(string server, HttpContext context, ReadOnlyMemory<byte> body)
    {
        var id = Interlocked.Increment(ref _lastId);
        var sent = new SentRequest(server, isPoll: HttpMethods.IsGet(context.Request.Method), time);
        var status = ForwardStatus.Unavailable;

        try
        {
            if (metrics.AddWaiting(1) <= options.MaxForwardedRequests)
            {
                _sent[id] = sent;
                status = await ExchangeAsync(id, sent, context, body);
            }
        }
        finally
        {
            _sent.TryRemove(id, out _);
            metrics.AddWaiting(-1);
            metrics.OnForwarded(status);
        }

        return status;
    }

    /// <summary>Takes what another server says of a request, on the thread that reads.</summary>
    public void OnReply(ForwardMessage message)
    {
        if (!_sent.TryGetValue(message.Id, out var sent))
        {
            if (message.Kind is ForwardKind.Answer or ForwardKind.AskWritten)
            {
                bus.Send(message.Sender, IsWritten(message) ? ForwardKind.Written : ForwardKind.Gone, message.Id);
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
                    // The client is still reading, or has just got the last of it.
                    bus.Send(sent.Server, IsWritten(message) ? ForwardKind.Written : ForwardKind.Received, message.Id);
                    break;

                case ForwardKind.Answer:
                    sent.OnAnswer(message);
                    break;
            }
        }
    }

    /// <summary>A server has left the cluster, and its sessions with it.</summary>
    public void OnLeft(string server)
    {
        foreach (var sent in _sent.Values.Where(sent => sent.Server == server))
        {
            sent.OnAnswer(null);
        }
    }

    /// <summary>This server is about to end: those who poll shall not keep it from it, and come back by another.</summary>
    public void Release()
    {
        foreach (var (id, sent) in _sent.Where(static sent => sent.Value.IsPoll))
        {
            bus.Send(sent.Server, ForwardKind.Release, id);
        }
    }

    private bool IsWritten(ForwardMessage answer) => _written.Contains(answer.Id);

    private async Task<ForwardStatus> ExchangeAsync(ulong id, SentRequest sent, HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (!members.Others.Contains(sent.Server))
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
            var status = await AskAsync(id, sent, ForwardCodec.Encode(ForwardedHttp.ToMessage(context.Request, body, bus.Self, id)), context.RequestAborted);

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
        using var patience = new CancellationTokenSource(ForwardTimes.GiveUp, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(aborted, patience.Token);

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
        // What still waits for Redis when the client is told that it failed must not be carried out later, beside what the client sends next.
        using var isOver = new CancellationTokenSource();

        try
        {
            bus.Send(sent.Server, request, isOver.Token);

            while (true)
            {
                var isEnding = sent.IsPoll && stopping.IsCancellationRequested;
                var patience = sent.IsTaken && !isEnding ? ForwardTimes.Ask : ForwardTimes.Retry;
                await sent.WaitAsync(patience, aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

                if (sent.IsAnswered || aborted.IsCancellationRequested)
                {
                    return ForwardStatus.Answered;
                }

                if (sent.Silence > (sent.IsTaken ? ForwardTimes.Silence : ForwardTimes.GiveUp))
                {
                    Log.NoAnswer(logger, sent.Server);
                    return ForwardStatus.Unavailable;
                }

                if (bus.IsConnected)
                {
                    Remind(id, sent, request, isOver.Token);
                }
            }
        }
        finally
        {
            await isOver.CancelAsync();
        }
    }

    private void Remind(ulong id, SentRequest sent, byte[] request, CancellationToken isOver)
    {
        if (!sent.IsTaken)
        {
            bus.Send(sent.Server, request, isOver);
        }
        else if (sent.IsPoll && stopping.IsCancellationRequested)
        {
            bus.Send(sent.Server, ForwardKind.Release, id);
        }
        else if (sent.Silence > ForwardTimes.Ask / 2)
        {
            bus.Send(sent.Server, ForwardKind.Ask, id);
        }
    }

    private async Task<ForwardStatus> WriteAsync(ulong id, SentRequest sent, ForwardMessage answer, HttpContext context)
    {
        var writing = ForwardedHttp.WriteAsync(answer, context);

        if (!writing.IsCompleted && sent.IsPoll)
        {
            bus.Send(sent.Server, ForwardKind.Received, id);
        }

        await writing;

        if (context.RequestAborted.IsCancellationRequested)
        {
            SayGone(id, sent);
        }
        else if (sent.IsPoll)
        {
            _written.Add(id);
            bus.Send(sent.Server, ForwardKind.Written, id);
        }

        return ForwardStatus.Answered;
    }

    private void SayGone(ulong id, SentRequest sent)
    {
        if (sent.IsPoll)
        {
            bus.Send(sent.Server, ForwardKind.Gone, id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Debug, "Server {Server} did not answer a request that was forwarded to it.", EventName = nameof(NoAnswer))]
        public static partial void NoAnswer(ILogger logger, string server);
    }
}
