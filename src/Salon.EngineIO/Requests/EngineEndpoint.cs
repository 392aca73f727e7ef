using Microsoft.AspNetCore.Http;
using Salon.EngineIO.Protocol;
using Salon.EngineIO.Sessions;
using Salon.EngineIO.Transports;
using Salon.EngineIO.WebSockets;
using Salon.Http;

namespace Salon.EngineIO.Requests;

/// <summary>Looks at a request, refuses it with the right error, or hands it to the transport that it is for.</summary>
internal sealed partial class EngineEndpoint(EngineServer server)
{
    private readonly OriginPolicy _origins = new(server.Options.Cors);
    private readonly string[] _upgrades = server.Options is { AllowUpgrades: true, Transports: EngineTransport.Polling | EngineTransport.WebSocket }
        ? [EngineTransport.WebSocket.ToName()]
        : [];

    private readonly ElsewhereEndpoint? _elsewhere = server.Options.Forwarder is { } forwarder ? new ElsewhereEndpoint(server, forwarder) : null;

    public Task HandleAsync(HttpContext context)
    {
        switch (_origins.Check(context.Request))
        {
            case OriginVerdict.Malformed:
                return RefuseAsync(context, EngineErrorCode.BadRequest);

            case OriginVerdict.Foreign:
                return RefuseAsync(context, EngineErrorCode.Forbidden, "Origin not allowed");
        }

        if (ApplyCors(context))
        {
            return Task.CompletedTask;
        }

        if (!EngineRequest.TryParse(context.Request.Query, server.Options.Transports, out var request))
        {
            return RefuseAsync(context, EngineErrorCode.UnknownTransport);
        }

        return request.SessionId is null ? OpenAsync(context, request) : ContinueAsync(context, request, request.SessionId);
    }

    public bool ApplyCors(HttpContext context) => _origins.Apply(context);

    /// <summary>Answers what another server forwards: see <see cref="IRequestForwarder.Start"/>.</summary>
    public async Task<bool> ServeForwardedAsync(HttpContext context, CancellationToken release)
    {
        if (!EngineRequest.TryParse(context.Request.Query, server.Options.Transports, out var request)
            || request.SessionId is not { } id
            || server.Find(id) is not { } session)
        {
            return false;
        }

        await using (release.UnsafeRegister(static session => ((EngineSession)session!).Polling?.ReleasePoll(), session))
        {
            await ContinueAsync(context, request, session);
        }

        return true;
    }

    private async Task OpenAsync(HttpContext context, EngineRequest request)
    {
        var isWebSocket = WebSocketHandshake.IsRequested(context);

        if (!HttpMethods.IsGet(context.Request.Method) && !isWebSocket)
        {
            await RefuseAsync(context, EngineErrorCode.BadHandshakeMethod);
        }
        else if (isWebSocket != (request.Transport == EngineTransport.WebSocket))
        {
            await RefuseAsync(context, EngineErrorCode.BadRequest);
        }
        else if (request.Version == 3 && !server.Options.AllowEIO3)
        {
            await RefuseAsync(context, EngineErrorCode.UnsupportedProtocolVersion);
        }
        else if (server.IsClosed)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        else if (await AskAsync(context) is { IsAllowed: false } verdict)
        {
            await RefuseAsync(context, EngineErrorCode.Forbidden, verdict.Message);
        }
        else if (TryCreateId(context) is not { } id)
        {
            await RefuseAsync(context, EngineErrorCode.BadRequest);
        }
        else if (isWebSocket)
        {
            await OpenWebSocketAsync(context, request, id);
        }
        else
        {
            await OpenPollingAsync(context, request, id);
        }
    }

    private async Task OpenPollingAsync(HttpContext context, EngineRequest request, string id)
    {
        if (server.TryOpen(context, id, request.Version, new PollingTransport()) is not { } session)
        {
            await RefuseAsync(context, EngineErrorCode.BadRequest);
            return;
        }

        AddCookie(context, id);
        server.OnHeaders(context, isFirst: true);

        // The response holds the handshake alone; what the handler sends already waits for the next poll.
        var open = CreateOpenPacket(id, _upgrades);
        server.Start(session);
        await PollResponse.WriteAsync(context, session.Protocol, [open], request.JsonpIndex, server.Options.HttpCompressionThreshold);
    }

    private async Task OpenWebSocketAsync(HttpContext context, EngineRequest request, string id)
    {
        AddCookie(context, id);
        server.OnHeaders(context, isFirst: true);

        if (await WebSocketHandshake.TryAcceptAsync(context, IsCompressionAllowed) is not { } accepted)
        {
            await RefuseAsync(context, EngineErrorCode.BadRequest);
            return;
        }

        if (accepted != AcceptedWebSocket.Lost)
        {
            await CarryAsync(accepted, OpenAsync(context, request, id, accepted));
        }
    }

    private Task OpenAsync(HttpContext context, EngineRequest request, string id, AcceptedWebSocket accepted)
    {
        var transport = new WebSocketTransport(server, accepted);
        EngineSession? session = null;

        try
        {
            session = server.TryOpen(context, id, request.Version, transport);

            if (session is null)
            {
                accepted.Abort();
                return Task.CompletedTask;
            }

            session.TrySend(CreateOpenPacket(id, upgrades: []));
            server.Start(session);
            return transport.RunAsync(session);
        }
        catch
        {
            // From the app's own code. Nobody else would close the connection, or the session.
            session?.Close(CloseReason.TransportError);
            accepted.Abort();
            throw;
        }
    }

    private async Task ContinueAsync(HttpContext context, EngineRequest request, string sessionId)
    {
        if (server.Find(sessionId) is { } session)
        {
            await ContinueAsync(context, request, session);
        }
        else if (_elsewhere is null || !await _elsewhere.TryHandleAsync(context, request, sessionId))
        {
            await RefuseAsync(context, EngineErrorCode.UnknownSessionId);
        }
    }

    private async Task ContinueAsync(HttpContext context, EngineRequest request, EngineSession session)
    {
        if (request.Version != session.Protocol)
        {
            await RefuseAsync(context, EngineErrorCode.BadRequest);
        }
        else if (WebSocketHandshake.IsRequested(context))
        {
            await UpgradeAsync(context, request, session);
        }
        else if (request.Transport != EngineTransport.Polling || session.Polling is not { } polling)
        {
            await RefuseAsync(context, EngineErrorCode.BadRequest);
        }
        else if (HttpMethods.IsGet(context.Request.Method))
        {
            server.OnHeaders(context, isFirst: false);
            await polling.PollAsync(session, server, context, request.JsonpIndex);
        }
        else if (!session.IsOpen)
        {
            await RefuseAsync(context, EngineErrorCode.UnknownSessionId);
        }
        else if (HttpMethods.IsPost(context.Request.Method))
        {
            server.OnHeaders(context, isFirst: false);
            await polling.PostAsync(session, server, context, isJsonp: request.JsonpIndex is not null);
        }
        else
        {
            context.Response.Headers.Allow = "GET, POST";
            await RefuseAsync(context, EngineErrorCode.BadRequest, statusCode: StatusCodes.Status405MethodNotAllowed);
        }
    }

    private async Task UpgradeAsync(HttpContext context, EngineRequest request, EngineSession session)
    {
        server.OnHeaders(context, isFirst: false);

        if (request.Transport != EngineTransport.WebSocket || !server.Options.AllowUpgrades)
        {
            await RefuseAsync(context, EngineErrorCode.BadRequest);
        }
        else if (await WebSocketHandshake.TryAcceptAsync(context, IsCompressionAllowed) is { } accepted)
        {
            if (accepted == AcceptedWebSocket.Lost)
            {
                return;
            }

            await CarryAsync(accepted, new WebSocketTransport(server, accepted).RunUpgradeAsync(session));
        }
        else
        {
            await RefuseAsync(context, EngineErrorCode.BadRequest);
        }
    }

    /// <summary>Waits for the end of a WebSocket, or lets go of one that does not need its request any more.</summary>
    private Task CarryAsync(AcceptedWebSocket accepted, Task run)
    {
        if (!accepted.IsDetached)
        {
            return run;
        }

        _ = EndAsync(accepted.Stream, run);
        return Task.CompletedTask;
    }

    /// <summary>Does what Kestrel does for a request: logs what went wrong, and closes the connection.</summary>
    private async Task EndAsync(Stream stream, Task run)
    {
        try
        {
            await run;
        }
        catch (Exception exception)
        {
            Log.WebSocketFailed(server.Logger, exception);
        }

        await stream.DisposeAsync();
    }

    private bool IsCompressionAllowed => server.Options.PerMessageDeflateThreshold is not null;

    private async ValueTask<RequestVerdict> AskAsync(HttpContext context)
    {
        if (server.Options.AllowRequest is not { } allowRequest)
        {
            return RequestVerdict.Allow;
        }

        try
        {
            return await allowRequest(context);
        }
        catch (Exception exception)
        {
            Log.AllowRequestFailed(server.Logger, exception);
            return RequestVerdict.Refuse();
        }
    }

    private string? TryCreateId(HttpContext context)
    {
        if (server.Options.GenerateId is not { } generateId)
        {
            return server.Options.Forwarder?.CreateSessionId() ?? SessionId.Create();
        }

        try
        {
            return generateId(context) is { Length: > 0 } id ? id : throw new InvalidOperationException("The id is empty.");
        }
        catch (Exception exception)
        {
            Log.GenerateIdFailed(server.Logger, exception);
            return null;
        }
    }

    private void AddCookie(HttpContext context, string id)
    {
        if (server.Options.Cookie is { } cookie)
        {
            context.Response.Cookies.Append(cookie.Name!, id, cookie.Build(context));
        }
    }

    private EngineMessage CreateOpenPacket(string id, string[] upgrades)
    {
        var options = server.Options;
        var packet = new OpenPacket(id, upgrades, options.PingInterval, options.PingTimeout, options.MaxHttpBufferSize);
        return EngineMessage.FromPacket(packet.Encode());
    }

    private Task RefuseAsync(HttpContext context, EngineErrorCode code, string? message = null, int? statusCode = null)
    {
        server.OnRefused(context, code, message ?? code.ToMessage());
        return EngineError.WriteAsync(context, code, message, statusCode);
    }
}
