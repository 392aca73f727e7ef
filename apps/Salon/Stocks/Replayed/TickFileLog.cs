namespace Salon.App.Stocks.Replayed;

/// <summary>Says which lines of a file of ticks are not played.</summary>
internal static partial class TickFileLog
{
    public static void Report(ILogger logger, TickFile file)
    {
        foreach (var (line, problem) in file.Problems)
        {
            NotRead(logger, line, problem);
        }

        if (file.ProblemCount > file.Problems.Count)
        {
            MoreNotRead(logger, file.ProblemCount - file.Problems.Count);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Line {Line} of STOCKS_CSV is left out: {Problem}.", EventName = nameof(NotRead))]
    private static partial void NotRead(ILogger logger, int line, string problem);

    [LoggerMessage(2, LogLevel.Warning, "{Count} more lines of STOCKS_CSV are left out.", EventName = nameof(MoreNotRead))]
    private static partial void MoreNotRead(ILogger logger, int count);
}
