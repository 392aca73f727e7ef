using Microsoft.AspNetCore.Http;
using Salon.EngineIO.WebSockets;

namespace Salon.EngineIO.Requests;

/// <summary>Requests that become WebSockets, at a handshake and at an upgrade alike.</summary>
internal static class WebSocketRequests
{
    /// <inheritdoc cref="WebSocketHandshake.TryAcceptAsync"/>
    public static Task<AcceptedWebSocket?> TryAcceptAsync(this EngineServer server, HttpContext context) =>
        WebSocketHandshake.TryAcceptAsync(context, server.Options.PerMessageDeflateThreshold is not null, offered => ChooseSubProtocol(server, context, offered));

    /// <summary>Waits for the end of a WebSocket, or lets go of one that does not need its request any more.</summary>
    public static Task CarryAsync(this EngineServer server, AcceptedWebSocket accepted, Task run)
    {
        if (!accepted.IsDetached)
        {
            return run;
        }

        // What Kestrel does for a request: what went wrong is logged, and the connection is closed.
        server.Guard.Run("WebSocket", (accepted.Stream, run), static async carried =>
        {
            await using (carried.Stream)
            {
                await carried.run;
            }
        });
        return Task.CompletedTask;
    }

    /// <summary>The first that is offered, as the reference does, unless the app chooses one of them.</summary>
    private static string? ChooseSubProtocol(EngineServer server, HttpContext context, IReadOnlyList<string> offered)
    {
        if (server.Options.SelectSubProtocol is not { } select)
        {
            return offered[0];
        }

        var chosen = server.Guard.Ask(nameof(EngineIOOptions.SelectSubProtocol), (select, context, offered), static call => call.select(call.context, call.offered), null);
        return chosen is not null && offered.Contains(chosen) ? chosen : null;
    }
}
