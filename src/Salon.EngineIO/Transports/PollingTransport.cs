using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Salon.EngineIO.Fairness;
using Salon.EngineIO.Protocol;
using Salon.EngineIO.Requests;
using Salon.Timing;

namespace Salon.EngineIO.Transports;

/// <summary>
/// HTTP long-polling: a GET takes what is queued or waits for it, a POST brings what the client sends; one of each at a time
/// (Engine.IO v4, "HTTP long-polling"). A POST that has been read is over for its client, which may have had an answer by the waiting GET:
/// the next one waits until its packets are handled. Owned by its session. As a deadline, it is the time that the client has to begin.
/// </summary>
internal sealed class PollingTransport(EngineServer owner) : Deadline, ISessionTransport
{
    // python-engineio hangs up on a payload of more; the rest is there for the next poll.
    private const int MaxPacketsOfPoll = 16;

    private static readonly ReadOnlyMemory<byte> Ok = "ok"u8.ToArray();

    private readonly PendingPosts _posts = new();
    private PendingPoll? _poll;
    private EngineSession? _session;
    private volatile bool _isUsed;
    private volatile bool _isUpgrading;

    public EngineTransport Kind => EngineTransport.Polling;

    /// <summary>Whether a GET waits.</summary>
    public bool HasPoll => Volatile.Read(ref _poll) is not null;

    /// <summary>Waits a while for the first request after the handshake, and ends the session when none comes.</summary>
    public void WaitForFirstRequest(EngineSession session)
    {
        _session = session;
        owner.Deadlines.Schedule(this, owner.Options.FirstRequestTimeout);

        if (_isUsed)
        {
            owner.Deadlines.Cancel(this);
        }
    }

    /// <summary>A request has come that belongs to the session.</summary>
    public void OnRequest()
    {
        if (!_isUsed)
        {
            _isUsed = true;
            owner.Deadlines.Cancel(this);
        }
    }

    /// <summary>The POSTs that have come and are not handled yet.</summary>
    public PendingPosts Posts => _posts;

    /// <summary>Answers a GET.</summary>
    public async Task PollAsync(EngineSession session, EngineServer server, HttpContext context, int? jsonpIndex)
    {
        var poll = new PendingPoll();

        if (Interlocked.CompareExchange(ref _poll, poll, null) is not null)
        {
            session.Close(CloseReason.TransportError);
            await EngineError.WriteAsync(context, EngineErrorCode.BadRequest);
            return;
        }

        await session.WaitForTurnAsync(FairTurns.RequestCost);

        PollEnd end;

        using (context.RequestAborted.UnsafeRegister(static poll => ((PendingPoll)poll!).End(PollEnd.Aborted), poll))
        {
            if (!session.Queue.TryLease(poll))
            {
                // The WebSocket took over between the look at the transport and here.
                await EngineError.WriteAsync(context, EngineErrorCode.BadRequest);
                return;
            }

            end = await poll.Ended;
        }

        var messages = session.Queue.ReleaseAndTake(poll, MaxPacketsOfPoll, server.Options.MaxHttpBufferSize);
        Volatile.Write(ref _poll, null);

        if (end == PollEnd.Aborted)
        {
            session.Close(CloseReason.TransportError);
            return;
        }

        if (messages.Count == 0)
        {
            messages.Add(end == PollEnd.Upgraded ? EngineMessage.Close : EngineMessage.Noop);
        }

        await PollResponse.WriteAsync(context, session.Protocol, messages, jsonpIndex, server.Options.HttpCompressionThreshold);

        if (context.RequestAborted.IsCancellationRequested)
        {
            // What the response held is lost, so the session's order is broken.
            session.Close(CloseReason.TransportError);
        }

        if (!session.IsOpen && session.Queue.Count == 0)
        {
            server.Forget(session);
        }
    }

    /// <summary>Takes a POST.</summary>
    public async Task PostAsync(EngineSession session, EngineServer server, HttpContext context, bool isJsonp)
    {
        if (!_posts.TryEnter(out var post))
        {
            session.Close(CloseReason.TransportError);
            await EngineError.WriteAsync(context, EngineErrorCode.BadRequest);
            return;
        }

        PostResult result;

        try
        {
            await post.Turn;
            result = session.IsOpen ? await ReceiveAsync(post, session, server, context, isJsonp) : PostResult.Invalid;
        }
        finally
        {
            // Before the answer: a client that has it may send the next POST at once, on another connection.
            _posts.Leave(post);
        }

        await AnswerAsync(context, result);
    }

    /// <summary>Lets a waiting GET go with a noop.</summary>
    public void ReleasePoll() => Volatile.Read(ref _poll)?.End(PollEnd.Noop);

    /// <summary>Lets a waiting GET go because the client tries a WebSocket.</summary>
    public void ReleaseForUpgrade()
    {
        _isUpgrading = true;
        ReleasePoll();
    }

    /// <summary>Makes way for a WebSocket: the waiting GET goes, and the POSTs that have come are waited for.</summary>
    public Task LeaveAsync()
    {
        Volatile.Read(ref _poll)?.End(PollEnd.Upgraded);
        return _posts.AllHandled;
    }

    public void Close(EngineSession session, CloseReason reason)
    {
        var queue = session.Queue;
        owner.Deadlines.Cancel(this);

        if (reason == CloseReason.TransportClose)
        {
            queue.Complete(discard: true, EngineMessage.Noop);
        }
        else if (reason == CloseReason.ServerShuttingDown && !_isUpgrading)
        {
            // Without a word: python-engineio takes a close packet for final, and never comes back. The waiting poll ends, the next is refused.
            // (A browser's client that upgrades would take the noop for the sign to move on, to a WebSocket that has ended.)
            queue.Complete(discard: false);
        }
        else if (!HasPoll && queue.Count == 0)
        {
            // The next GET learns of it; the noop is what the reference sends too.
            queue.Complete(discard: false, EngineMessage.Noop, EngineMessage.Close);
        }
        else
        {
            queue.Complete(discard: !reason.FlushesQueue(), EngineMessage.Close);
        }
    }

    protected internal override void OnDue()
    {
        if (!_isUsed)
        {
            _session?.Close(CloseReason.PingTimeout);
        }
    }

    private static async Task<PostResult> ReceiveAsync(PendingPosts.Post post, EngineSession session, EngineServer server, HttpContext context, bool isJsonp)
    {
        var isBinary = context.Request.ContentType == "application/octet-stream";

        if (isBinary && session.Protocol == 4)
        {
            session.Close(CloseReason.TransportError);
            return PostResult.Invalid;
        }

        using var body = new RequestBody(server.Options.MaxHttpBufferSize, server);
        var status = await body.ReadAsync(context, session);
        post.IsRead = true;

        switch (status)
        {
            case BodyStatus.TooLarge:
                return PostResult.TooLarge;

            case BodyStatus.TooSlow:
                session.Close(CloseReason.TransportError);
                return PostResult.TooSlow;

            case BodyStatus.NoRoom:
                session.Close(CloseReason.TransportError);
                return PostResult.NoRoom;

            case BodyStatus.Aborted:
                session.Close(CloseReason.TransportError);
                return PostResult.Invalid;
        }

        var payload = body.Data;

        if (isJsonp)
        {
            if (!JsonpPayload.TryUnwrap(payload.Span, out var unwrapped))
            {
                session.Close(CloseReason.ParseError);
                return PostResult.Invalid;
            }

            payload = unwrapped;
        }

        // A WebSocket's text is checked by the protocol; nobody has checked this. What is no text is replaced by U+FFFD, as in the reference.
        if (!isBinary && !Utf8.IsValid(payload.Span))
        {
            payload = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(payload.Span));
        }

        return await ReceivePacketsAsync(session, payload, isBinary);
    }

    private static async Task<PostResult> ReceivePacketsAsync(EngineSession session, ReadOnlyMemory<byte> payload, bool isBinary)
    {
        var reader = new PayloadReader(payload);
        var oldReader = new OldPayloadReader(payload, isBinary);
        var cost = FairTurns.RequestCost;

        while (true)
        {
            switch (session.Protocol == 3 ? oldReader.Read(out var packet) : reader.Read(out packet))
            {
                case PayloadStatus.Packet:
                    cost += FairTurns.MessageCost;
                    await session.OnPacketAsync(packet);
                    break;

                case PayloadStatus.End:
                    // Its client sends the next when it has the answer.
                    await session.WaitForTurnAsync(cost);
                    return PostResult.Ok;

                default:
                    session.Close(CloseReason.ParseError);
                    return PostResult.Invalid;
            }
        }
    }

    private static Task AnswerAsync(HttpContext context, PostResult result)
    {
        var response = context.Response;

        switch (result)
        {
            case PostResult.Ok:
                response.ContentType = "text/html";
                response.ContentLength = Ok.Length;
                response.Headers.CacheControl = "no-store";
                return response.Body.WriteAsync(Ok).AsTask();

            case PostResult.TooLarge:
                response.StatusCode = StatusCodes.Status413PayloadTooLarge;
                return Task.CompletedTask;

            case PostResult.NoRoom:
                return Refusals.WriteNoRoomAsync(context);

            case PostResult.TooSlow:
                return EngineError.WriteAsync(context, EngineErrorCode.BadRequest, "The body took too long", StatusCodes.Status408RequestTimeout);

            default:
                return EngineError.WriteAsync(context, EngineErrorCode.BadRequest);
        }
    }
}
