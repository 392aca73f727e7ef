using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Salon.EngineIO.WebSockets;
using Salon.Supervision;

namespace Salon.EngineIO.Requests;

/// <summary>Requests that become WebSockets, at a handshake and at an upgrade alike.</summary>
internal static partial class WebSocketRequests
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

        _ = EndAsync(server.Logger, accepted.Stream, run);
        return Task.CompletedTask;
    }

    /// <summary>The first that is offered, as the reference does, unless the app chooses one of them.</summary>
    private static string? ChooseSubProtocol(EngineServer server, HttpContext context, IReadOnlyList<string> offered)
    {
        if (server.Options.SelectSubProtocol is not { } select)
        {
            return offered[0];
        }

        var chosen = new Guard(server.Logger).Ask(nameof(EngineIOOptions.SelectSubProtocol), (select, context, offered), static call => call.select(call.context, call.offered), null);
        return chosen is not null && offered.Contains(chosen) ? chosen : null;
    }

    /// <summary>Does what Kestrel does for a request: logs what went wrong, and closes the connection.</summary>
    private static async Task EndAsync(ILogger logger, Stream stream, Task run)
    {
        try
        {
            await run;
        }
        catch (Exception exception)
        {
            Log.WebSocketFailed(logger, exception);
        }

        await stream.DisposeAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Error, "A WebSocket failed; it is closed.", EventName = nameof(WebSocketFailed))]
        public static partial void WebSocketFailed(ILogger logger, Exception exception);
    }
}
