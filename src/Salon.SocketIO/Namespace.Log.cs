using Microsoft.Extensions.Logging;

namespace Salon.SocketIO;

public sealed partial class Namespace
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A middleware of {Namespace} failed; the client is refused.", EventName = nameof(MiddlewareFailed))]
        public static partial void MiddlewareFailed(ILogger logger, Exception exception, string @namespace);

        [LoggerMessage(2, LogLevel.Error, "A connection handler of {Namespace} failed; the socket stays connected.", EventName = nameof(ConnectionHandlerFailed))]
        public static partial void ConnectionHandlerFailed(ILogger logger, Exception exception, string @namespace);

        [LoggerMessage(3, LogLevel.Error, "A socket that disconnected could not be taken out of the rooms of {Namespace}.", EventName = nameof(RemovalFailed))]
        public static partial void RemovalFailed(ILogger logger, Exception exception, string @namespace);

        [LoggerMessage(4, LogLevel.Warning, "A socket that came back to {Namespace} is not in all of its rooms again: {Reason}", EventName = nameof(NotRejoined))]
        public static partial void NotRejoined(ILogger logger, string @namespace, string reason);

        [LoggerMessage(5, LogLevel.Error, "A client could not be let into {Namespace}; it is told of an internal error.", EventName = nameof(ConnectFailed))]
        public static partial void ConnectFailed(ILogger logger, Exception exception, string @namespace);

        [LoggerMessage(6, LogLevel.Error, "The adapter of {Namespace} could not be closed.", EventName = nameof(ClosingFailed))]
        public static partial void ClosingFailed(ILogger logger, Exception exception, string @namespace);
    }
}
