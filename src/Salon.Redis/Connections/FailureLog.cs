using Microsoft.Extensions.Logging;

namespace Salon.Redis.Connections;

/// <summary>
/// Says why no connection can be made: once, and again after a minute if it is still so. Several connections of a client fail for the same
/// reason. Thread-safe.
/// </summary>
internal sealed partial class FailureLog(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _saidAt = new(StringComparer.Ordinal);

    public void OnFailed(ConnectFailedException exception)
    {
        lock (_gate)
        {
            foreach (var (reason, at) in _saidAt)
            {
                if (time.GetElapsedTime(at) >= Interval)
                {
                    _saidAt.Remove(reason);
                }
            }

            if (!_saidAt.TryAdd(exception.Message, time.GetTimestamp()))
            {
                return;
            }
        }

        if (exception.IsLasting)
        {
            Log.Refused(logger, exception.Message);
        }
        else
        {
            Log.Unreachable(logger, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Redis cannot be used: {Reason}. The client tries again from time to time.", EventName = nameof(Refused))]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Redis cannot be reached: {Reason}. The client tries again.", EventName = nameof(Unreachable))]
        public static partial void Unreachable(ILogger logger, string reason);
    }
}
