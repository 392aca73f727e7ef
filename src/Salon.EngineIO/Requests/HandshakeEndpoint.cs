using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Salon.EngineIO.Protocol;
using Salon.EngineIO.Sessions;
using Salon.EngineIO.Transports;
using Salon.EngineIO.WebSockets;
using Salon.Http;

namespace Salon.EngineIO.Requests;

/// <summary>Handles the first request of a session.</summary>
internal sealed partial class HandshakeEndpoint(EngineServer server)
{
    private readonly string[] _upgrades = server.Options is { AllowUpgrades: true, Transports: EngineTransport.Polling | EngineTransport.WebSocket }
        ? [EngineTransport.WebSocket.ToName()]
        : [];

    public async Task OpenAsync(HttpContext context, EngineRequest request)
    {
        var isWebSocket = WebSocketHandshake.IsRequested(context);

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

        AddCookie(context, id);
        server.OnHeaders(context, isFirst: true);

        // The response holds the handshake alone; what the handler sends already waits for the next poll.
        var open = CreateOpenPacket(id, _upgrades);
        transport.WaitForFirstRequest(session);
        server.Start(session);
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

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "AllowRequest failed; the handshake is refused.", EventName = nameof(AllowRequestFailed))]
        public static partial void AllowRequestFailed(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "GenerateId failed; the handshake is refused.", EventName = nameof(GenerateIdFailed))]
        public static partial void GenerateIdFailed(ILogger logger, Exception exception);
    }
}
