using Microsoft.Extensions.Logging;

namespace Salon.EngineIO.Requests;

internal sealed partial class EngineEndpoint
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "AllowRequest failed; the handshake is refused.", EventName = nameof(AllowRequestFailed))]
        public static partial void AllowRequestFailed(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "GenerateId failed; the handshake is refused.", EventName = nameof(GenerateIdFailed))]
        public static partial void GenerateIdFailed(ILogger logger, Exception exception);

        [LoggerMessage(3, LogLevel.Error, "A WebSocket failed; it is closed.", EventName = nameof(WebSocketFailed))]
        public static partial void WebSocketFailed(ILogger logger, Exception exception);
    }
}
