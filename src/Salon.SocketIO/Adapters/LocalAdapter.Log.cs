using Microsoft.Extensions.Logging;

namespace Salon.SocketIO.Adapters;

/// <content>What is logged.</content>
internal sealed partial class LocalAdapter
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A socket of {Namespace} could not be put into a room: {Reason}", EventName = nameof(NotJoined))]
        public static partial void NotJoined(ILogger logger, string @namespace, string reason);
    }
}
