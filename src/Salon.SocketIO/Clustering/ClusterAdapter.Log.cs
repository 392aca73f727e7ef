using Microsoft.Extensions.Logging;

namespace Salon.SocketIO.Clustering;

public abstract partial class ClusterAdapter
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A message of type {Type} from another server failed in the namespace {Namespace}.", EventName = nameof(MessageFailed))]
        public static partial void MessageFailed(ILogger logger, Exception exception, ClusterMessageType type, string @namespace);

        [LoggerMessage(2, LogLevel.Warning, "{Missing} of {Expected} other servers did not answer {Type} in the namespace {Namespace} in time: the result is without them.", EventName = nameof(AnswersMissing))]
        public static partial void AnswersMissing(ILogger logger, int missing, int expected, ClusterMessageType type, string @namespace);

        [LoggerMessage(3, LogLevel.Warning, "The other servers of the namespace {Namespace} cannot be reached: the result is without them.", EventName = nameof(CountFailed))]
        public static partial void CountFailed(ILogger logger, Exception exception, string @namespace);
    }
}
