using Microsoft.AspNetCore.Http;
using Salon.EngineIO.WebSockets;

namespace Salon.EngineIO.Requests;

/// <summary>Handles the requests of sessions that are not known here, but may be on another server.</summary>
internal sealed class ElsewhereEndpoint(EngineServer server, IRequestForwarder forwarder)
{
    private const string RetryAfterSeconds = "1";

    // RFC 9457. The clients look at the status only; this is for people.
    private static readonly ReadOnlyMemory<byte> Unavailable =
        """{"title":"Service Unavailable","status":503,"detail":"The server that has this session cannot be reached at the moment."}"""u8.ToArray();

    /// <returns>Whether the request is answered; otherwise there is no such session.</returns>
    public async Task<bool> TryHandleAsync(HttpContext context, EngineRequest request, string sessionId)
    {
        IReadOnlyList<string> owners;

        try
        {
            owners = await forwarder.FindServersAsync(sessionId, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer any more.
            return true;
        }
        catch (Exception exception)
        {
            server.Guard.Fail("IRequestForwarder.FindServersAsync", exception);
            await RefuseAsync(context);
            return true;
        }

        if (owners.Count == 0)
        {
            return false;
        }

        if (request.Transport != EngineTransport.Polling || WebSocketHandshake.IsRequested(context))
        {
            // A WebSocket cannot follow. Clients that were trying to upgrade go on with polling.
            await server.RefuseAsync(context, EngineErrorCode.BadRequest, "The session is on another server", StatusCodes.Status421MisdirectedRequest);
        }
        else if (HttpMethods.IsGet(context.Request.Method))
        {
            return await ForwardAsync(owners, context, default);
        }
        else if (HttpMethods.IsPost(context.Request.Method))
        {
            return await PostAsync(owners, context);
        }
        else
        {
            await server.RefuseMethodAsync(context);
        }

        return true;
    }

    private async Task<bool> PostAsync(IReadOnlyList<string> owners, HttpContext context)
    {
        var longest = server.Guard.Ask("IRequestForwarder.MaxBodyLength", forwarder, static forwarder => forwarder.MaxBodyLength, otherwise: 0);
        using var body = new RequestBody(Math.Min(server.Options.MaxHttpBufferSize, longest), server);

        switch (await body.ReadAsync(context))
        {
            case BodyStatus.Complete:
                return await ForwardAsync(owners, context, body.Data);

            case BodyStatus.TooLarge:
                context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
                return true;

            case BodyStatus.TooSlow:
                context.Response.StatusCode = StatusCodes.Status408RequestTimeout;
                return true;

            case BodyStatus.NoRoom:
                await Refusals.WriteNoRoomAsync(context);
                return true;

            default:
                return true;
        }
    }

    private async Task<bool> ForwardAsync(IReadOnlyList<string> owners, HttpContext context, ReadOnlyMemory<byte> body)
    {
        foreach (var owner in owners)
        {
            switch (await TryForwardAsync(owner, context, body))
            {
                case ForwardStatus.Answered:
                    return true;

                case ForwardStatus.Unavailable:
                    await RefuseAsync(context);
                    return true;
            }
        }

        return false;
    }

    private async Task<ForwardStatus> TryForwardAsync(string owner, HttpContext context, ReadOnlyMemory<byte> body)
    {
        try
        {
            return await forwarder.ForwardAsync(owner, context, body);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer any more.
            return ForwardStatus.Answered;
        }
        catch (Exception exception)
        {
            server.Guard.Fail("IRequestForwarder.ForwardAsync", exception);

            if (context.Response.HasStarted)
            {
                // Half an answer is none.
                context.Abort();
                return ForwardStatus.Answered;
            }

            // What it has said of its answer is not to be said of ours; the other headers are ours.
            context.Response.Headers.ContentEncoding = default;
            context.Response.Headers.TransferEncoding = default;
            return ForwardStatus.Unavailable;
        }
    }

    private static Task RefuseAsync(HttpContext context) => Refusals.WriteUnavailableAsync(context, Unavailable, RetryAfterSeconds);
}
