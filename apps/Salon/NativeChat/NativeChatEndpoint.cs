using System.Net.WebSockets;
using Salon.App.Hosting;
using Salon.App.Hosting.Budgets;
using Salon.Http;
using Salon.SocketIO;

namespace Salon.App.NativeChat;

/// <summary>What happens at <c>/ws/chat</c> before there is a WebSocket: whatever cannot become one is refused with a problem document.</summary>
internal sealed class NativeChatEndpoint(NativeRoom room, NativeConnections connections, NativeChatBudgets budgets, SocketIOServer io, TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public async Task HandleAsync(HttpContext context)
    {
        switch (RequestOrigin.Check(context.Request))
        {
            case OriginVerdict.Malformed:
                await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "malformed_origin", "The header Origin is none.");
                break;

            case OriginVerdict.Foreign:
                await Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "foreign_origin", "Pages of other sites may not connect.");
                break;

            case OriginVerdict.Allowed when !context.WebSockets.IsWebSocketRequest:
                await Problem.WriteAsync(context, StatusCodes.Status426UpgradeRequired, "no_websocket", "Here are only WebSockets. The page is at /chat/native.");
                break;

            default:
                await EnterAsync(context, ClientAddress.Of(context.Connection.RemoteIpAddress));
                break;
        }
    }

    private async Task EnterAsync(HttpContext context, ClientAddress address)
    {
        if (!await io.Engine.WaitForTurnAsync(context))
        {
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "busy", "There is too much to do. Try again in a moment.", RetryAfter);
            return;
        }

        switch (connections.TryTakePlace(address, out var retryAfter))
        {
            case DoorVerdict.TooManyOfAddress:
                await Problem.WriteAsync(
                    context, StatusCodes.Status429TooManyRequests, "too_many_connections", "Your address has too many connections, or opens them too fast.", retryAfter);
                break;

            case DoorVerdict.Full:
                await Problem.WriteAsync(
                    context, StatusCodes.Status503ServiceUnavailable, "no_place", "All places are taken, or the server stops. Try again in a moment.", retryAfter);
                break;

            default:
                await AcceptAsync(context, address);
                break;
        }
    }

    private async Task AcceptAsync(HttpContext context, ClientAddress address)
    {
        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await connections.RunAsync(new NativeConnection(socket, room, budgets, address, time));

            if (socket.State == WebSocketState.Aborted)
            {
                // .NET has closed what broke the rules (1002, 1007), but when the request ends now, the connection is reset and the client may
                // never read why. So it is the client's to hang up.
                await Task.Delay(NativeChatLimits.CloseTimeout, time, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            connections.LeavePlace(address);
        }
    }
}
