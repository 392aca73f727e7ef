using Microsoft.Extensions.Logging;

namespace Salon.SocketIO;

public sealed partial class Socket
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A disconnection handler of {Namespace} failed.", EventName = nameof(DisconnectHandlerFailed))]
        public static partial void DisconnectHandlerFailed(ILogger logger, Exception exception, string @namespace);
    }
}
