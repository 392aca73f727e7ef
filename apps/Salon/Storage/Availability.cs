namespace Salon.App.Storage;

/// <summary>
/// Whether the database answered when it was last used. A change is logged, and not each of the thousand requests that fail meanwhile.
/// Thread-safe.
/// </summary>
internal sealed partial class Availability(ILogger<Availability> logger)
{
    private int _isAway;

    public void OnAnswered()
    {
        if (Volatile.Read(ref _isAway) != 0 && Interlocked.Exchange(ref _isAway, 0) != 0)
        {
            Log.Back(logger);
        }
    }

    public void OnFailed(Exception exception)
    {
        if (Interlocked.Exchange(ref _isAway, 1) == 0)
        {
            Log.Away(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The database fails; until it answers again, those who need it are told.", EventName = nameof(Away))]
        public static partial void Away(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Information, "The database answers again.", EventName = nameof(Back))]
        public static partial void Back(ILogger logger);
    }
}
