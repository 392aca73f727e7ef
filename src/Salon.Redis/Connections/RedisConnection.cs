using System.Net;
using Salon.Redis.Protocol;
using Salon.Redis.Requests;

namespace Salon.Redis.Connections;

/// <summary>
/// One connection from handshake to end: a loop that writes what waits in a queue, and one that reads and hands each answer to the first
/// request that is not answered. Whoever calls <see cref="RunAsync"/> owns it; <see cref="Abort"/> may be called by anybody.
/// </summary>
internal sealed class RedisConnection(ClientContext context, OpenConnection open, RequestQueue queue, IPushReceiver? pushes) : ITicking
{
    private readonly Heartbeat _heartbeat = new(context);
    private readonly WakeSignal _signal = new();
    private ConnectionEnd? _end;
    private int _isPinging;

    public DnsEndPoint EndPoint => open.EndPoint;

    /// <summary>What was sent and is not answered.</summary>
    public SentRequests Sent { get; } = new();

    /// <summary>Whether the server may be silent: a blocking command lets it.</summary>
    public bool MaySleep { get; set; }

    /// <summary>Works until the connection ends, however it does. Then, what was sent and not answered has failed.</summary>
    public async Task<ConnectionEnd> RunAsync()
    {
        context.Ticker.Add(this);
        queue.Attach(_signal);

        var reading = EndWith(ReadAsync());
        var writing = EndWith(new RequestWriter(open.Stream, queue, Sent, _signal).RunAsync());
        await Task.WhenAll(reading, writing);

        queue.Detach();
        context.Ticker.Remove(this);
        open.Dispose();

        foreach (var request in Sent.TakeAll())
        {
            request.OnLost(_end!);
        }

        return _end!;
    }

    /// <summary>Ends the connection; the first reason counts.</summary>
    public void Abort(ConnectionEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is null)
        {
            // Not the stream: its loops may be using it, and only closing the socket makes them stop.
            open.Socket.Dispose();
            _signal.End();
        }
    }

    public void OnTick(long now)
    {
        foreach (var request in Sent.FindDue(now) ?? [])
        {
            request.OnDue(wasSent: true, null);
        }

        if (MaySleep)
        {
            return;
        }

        if (_heartbeat.IsDead(now))
        {
            Abort(ConnectionEnd.Silent(context.Options.HeartbeatInterval + context.Options.HeartbeatTimeout));
        }
        else if (_heartbeat.IsPingDue(now) && Interlocked.Exchange(ref _isPinging, 1) == 0)
        {
            queue.TryAdd(new PingRequest(() => Volatile.Write(ref _isPinging, 0)), isBounded: false);
        }
    }

    /// <summary>When one loop ends, so does the other.</summary>
    private async Task EndWith(Task<ConnectionEnd> loop)
    {
        try
        {
            Abort(await loop);
        }
        catch (Exception exception)
        {
            // Whatever it dies of: a loop alone would wait for ever.
            Abort(ConnectionEnd.Broken(exception));
        }
    }

    private async Task<ConnectionEnd> ReadAsync()
    {
        while (true)
        {
            _heartbeat.OnWaiting();
            var count = await open.Replies.ReceiveAsync();
            _heartbeat.OnReceived();

            if (count == 0)
            {
                return ConnectionEnd.ClosedByServer;
            }

            open.Replies.Advance(count);

            if (TakeReplies() is { } error)
            {
                return ConnectionEnd.NotRedis(error);
            }
        }
    }

    /// <returns>What is wrong with them, if something is.</returns>
    private string? TakeReplies()
    {
        while (true)
        {
            if (pushes is not null && open.Replies.TryReadMessage(out var message))
            {
                pushes.OnMessage(message);
                continue;
            }

            switch (open.Replies.TryRead(out var reply))
            {
                case ReadStatus.NeedsMore:
                    return null;
                case ReadStatus.Invalid:
                    return open.Replies.Error;
                case ReadStatus.Complete when reply!.Kind == RedisReplyKind.Push:
                    pushes?.OnPush(this, reply);
                    break;
                case ReadStatus.Complete when Sent.TryTake(out var request):
                    request.OnReply(reply);
                    break;
                default:
                    return "an answer that nobody asked for";
            }
        }
    }
}
