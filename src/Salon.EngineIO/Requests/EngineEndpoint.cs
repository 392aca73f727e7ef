using Microsoft.AspNetCore.Http;
using Salon.EngineIO.Fairness;
using Salon.EngineIO.Transports;
using Salon.EngineIO.WebSockets;
using Salon.Http;

namespace Salon.EngineIO.Requests;

/// <summary>Looks at a request, refuses it with the right error, or hands it to the transport that it is for.</summary>
internal sealed class EngineEndpoint(EngineServer server, IServiceProvider services)
{
    private readonly OriginPolicy _origins = new(server.Options, services, server.Guard, server.Logger);
    private readonly HandshakeEndpoint _handshakes = new(server);
    private readonly ElsewhereEndpoint? _elsewhere = server.Forwarder is { } forwarder ? new ElsewhereEndpoint(server, forwarder) : null;

    public Task HandleAsync(HttpContext context)
    {
        DirectAnswers.DisableCompression(context);
        var isWebSocket = WebSocketHandshake.IsRequested(context);
        var isPreflight = _origins.Apply(context, isWebSocket);

        if (_origins.Check(context) is { } refusal)
        {
            return server.RefuseAsync(context, refusal.Code, refusal.Message);
        }

        if (isPreflight)
        {
            return Task.CompletedTask;
        }

        if (!EngineRequest.TryParse(context.Request.Query, server.Options.Transports, out var request))
        {
            return server.RefuseAsync(context, EngineErrorCode.UnknownTransport);
        }

        if (request is { Transport: EngineTransport.Polling, JsonpIndex: not null } && !server.Options.AllowJsonp)
        {
            return server.RefuseAsync(context, EngineErrorCode.BadRequest, "JSON-P is not enabled");
        }

        if (request.SessionId is not { } id)
        {
            return _handshakes.OpenAsync(context, request, isWebSocket);
        }

        return server.Find(id) is { } session ? ContinueAsync(context, request, session, isWebSocket) : SearchAsync(context, request, id);
    }

    public bool ApplyCors(HttpContext context) => _origins.Apply(context, isWebSocket: false);

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
            await ContinueAsync(context, request, session, WebSocketHandshake.IsRequested(context));
        }

        return true;
    }

    private async Task SearchAsync(HttpContext context, EngineRequest request, string sessionId)
    {
        if (_elsewhere is null || !await _elsewhere.TryHandleAsync(context, request, sessionId))
        {
            await server.RefuseAsync(context, EngineErrorCode.UnknownSessionId);
        }
    }

    private Task ContinueAsync(HttpContext context, in EngineRequest request, EngineSession session, bool isWebSocket)
    {
        session.Polling?.OnRequest();

        if (request.NamesVersion && request.Version != session.Protocol)
        {
            return server.RefuseAsync(context, EngineErrorCode.BadRequest);
        }

        if (isWebSocket)
        {
            return UpgradeAsync(context, request, session);
        }

        if (request.Transport != EngineTransport.Polling || session.Polling is not { } polling)
        {
            return server.RefuseAsync(context, EngineErrorCode.BadRequest);
        }

        if (HttpMethods.IsGet(context.Request.Method))
        {
            server.OnHeaders(context, isFirst: false);
            return polling.PollAsync(session, server, context, request.JsonpIndex);
        }

        if (!session.IsOpen)
        {
            return server.RefuseAsync(context, EngineErrorCode.UnknownSessionId);
        }

        if (HttpMethods.IsPost(context.Request.Method))
        {
            server.OnHeaders(context, isFirst: false);
            return polling.PostAsync(session, server, context, isJsonp: request.JsonpIndex is not null);
        }

        return server.RefuseMethodAsync(context);
    }

    private async Task UpgradeAsync(HttpContext context, EngineRequest request, EngineSession session)
    {
        server.OnHeaders(context, isFirst: false);
        await session.WaitForTurnAsync(FairTurns.HandshakeCost);

        if (request.Transport != EngineTransport.WebSocket || !server.Options.AllowUpgrades)
        {
            await server.RefuseAsync(context, EngineErrorCode.BadRequest);
        }
        else if (await server.TryAcceptAsync(context) is { } accepted)
        {
            if (accepted == AcceptedWebSocket.Lost)
            {
                return;
            }

            await server.CarryAsync(accepted, new WebSocketTransport(server, accepted).RunUpgradeAsync(session));
        }
        else
        {
            await server.RefuseAsync(context, EngineErrorCode.BadRequest);
        }
    }
}
