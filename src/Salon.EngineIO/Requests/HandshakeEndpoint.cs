using Microsoft.AspNetCore.Http;
using Salon.EngineIO.EventLoops;
using Salon.EngineIO.Protocol;
using Salon.EngineIO.Sessions;
using Salon.EngineIO.Transports;
using Salon.EngineIO.WebSockets;
using Salon.Http;

namespace Salon.EngineIO.Requests;

/// <summary>Handles the first request of a session.</summary>
internal sealed class HandshakeEndpoint(EngineServer server)
{
    private readonly string[] _upgrades = server.Options is { AllowUpgrades: true, Transports: EngineTransport.Polling | EngineTransport.WebSocket }
        ? [EngineTransport.WebSocket.ToName()]
        : [];

    public async Task OpenAsync(HttpContext context, EngineRequest request, bool isWebSocket)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !isWebSocket)
        {
            await server.RefuseAsync(context, EngineErrorCode.BadHandshakeMethod);
        }
        else if (isWebSocket != (request.Transport == EngineTransport.WebSocket))
        {
            await server.RefuseAsync(context, EngineErrorCode.BadRequest);
        }
        else if (request.Version == 3 && !server.Options.AllowEIO3)
        {
            await server.RefuseAsync(context, EngineErrorCode.UnsupportedProtocolVersion);
        }
        else if (!EngineHandshake.IsShort(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status414UriTooLong;
        }
        else if (server.IsClosed)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        else if (await AskAsync(context) is { IsAllowed: false } verdict)
        {
            await server.RefuseAsync(context, EngineErrorCode.Forbidden, verdict.Message);
        }
        else if (server.LookForPlace(context.Connection.RemoteIpAddress) is not AddressVerdict.Counted and var full)
        {
            await server.RefusePlaceAsync(context, full);
        }
        else if (!await WaitForTurnAsync(context))
        {
            await server.RefuseTurnAsync(context);
        }
        else if (TryCreateId(context) is not { } id)
        {
            await server.RefuseAsync(context, EngineErrorCode.BadRequest);
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

    private ValueTask<bool> WaitForTurnAsync(HttpContext context)
    {
        if (context.Features.Get<LoopConnection>() is { } connection)
        {
            server.Lateness.Watch(connection.Loop);
        }

        return server.WaitForTurnAsync(context);
    }

    private async Task OpenPollingAsync(HttpContext context, EngineRequest request, string id)
    {
        var transport = new PollingTransport(server);

        if (server.TryOpen(context, id, request.Version, transport) is not { } session)
        {
            await (server.LookForPlace(context.Connection.RemoteIpAddress) is not AddressVerdict.Counted and var full
                ? server.RefusePlaceAsync(context, full)
                : server.RefuseAsync(context, EngineErrorCode.BadRequest));
            return;
        }

        EngineMessage open;

        try
        {
            AddCookie(context, id);
            server.OnHeaders(context, isFirst: true);

            // The response holds the handshake alone; what the handler sends already waits for the next poll.
            open = CreateOpenPacket(id, _upgrades);
        }
        catch
        {
            // Nobody else would end the session.
            session.Abandon();
            throw;
        }

        transport.WaitForFirstRequest(session);

        if (!server.TryStart(session))
        {
            server.Forget(session);
            await server.RefuseAsync(context, EngineErrorCode.BadRequest, "Internal error", StatusCodes.Status500InternalServerError);
            return;
        }

        await PollResponse.WriteAsync(context, session.Protocol, [open], request.JsonpIndex, server.Options.HttpCompressionThreshold);
    }

    private async Task OpenWebSocketAsync(HttpContext context, EngineRequest request, string id)
    {
        AddCookie(context, id);
        server.OnHeaders(context, isFirst: true);

        if (await server.TryAcceptAsync(context) is not { } accepted)
        {
            await server.RefuseAsync(context, EngineErrorCode.BadRequest);
            return;
        }

        if (accepted != AcceptedWebSocket.Lost)
        {
            await server.CarryAsync(accepted, OpenAsync(context, request, id, accepted));
        }
    }

    private Task OpenAsync(HttpContext context, EngineRequest request, string id, AcceptedWebSocket accepted)
    {
        var transport = new WebSocketTransport(server, accepted);

        if (server.TryOpen(context, id, request.Version, transport) is not { } session)
        {
            accepted.Abort();
            return Task.CompletedTask;
        }

        session.TrySend(CreateOpenPacket(id, upgrades: []));

        // Where nothing came of it, the client reads why from the close frame.
        server.TryStart(session);
        return transport.RunAsync(session);
    }

    private ValueTask<RequestVerdict> AskAsync(HttpContext context) => server.Options.AllowRequest is { } allowRequest
        ? server.Guard.AskAsync(
            nameof(EngineIOOptions.AllowRequest),
            (allowRequest, context),
            static call => call.allowRequest(call.context),
            otherwise: RequestVerdict.Refuse())
        : new ValueTask<RequestVerdict>(RequestVerdict.Allow);

    private string? TryCreateId(HttpContext context) => server.Guard.Ask(
        nameof(EngineIOOptions.GenerateId),
        (server, context),
        static call => call.server.Options.GenerateId is { } generateId
            ? generateId(call.context) is { Length: > 0 } id ? id : throw new InvalidOperationException("The id is empty.")
            : call.server.Forwarder?.CreateSessionId() ?? SessionId.Create(),
        otherwise: null);

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
}
