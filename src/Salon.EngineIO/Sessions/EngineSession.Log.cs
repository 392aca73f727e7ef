using Microsoft.Extensions.Logging;

namespace Salon.EngineIO;

public sealed partial class EngineSession
{
    private static partial class Log
    {
        // No session id: it is a secret, and the connection id of ASP.NET Core's log scope tells the sessions apart.
        [LoggerMessage(1, LogLevel.Debug, "A session is closing: {Reason}.", EventName = nameof(Closing))]
        public static partial void Closing(ILogger logger, CloseReason reason);
    }
}
