using Microsoft.Extensions.Logging;

namespace Salon.SocketIO;

public sealed partial class Namespace
{
    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Error, "A socket that disconnected could not be taken out of the rooms of {Namespace}.", EventName = nameof(RemovalFailed))]
        public static partial void RemovalFailed(ILogger logger, Exception exception, string @namespace);

        [LoggerMessage(6, LogLevel.Error, "The adapter of {Namespace} could not be closed.", EventName = nameof(ClosingFailed))]
        public static partial void ClosingFailed(ILogger logger, Exception exception, string @namespace);
    }
}
