using System.Text;

namespace Salon.Supervision;

/// <summary>
/// Stands in a log for an exception whose message quotes a stranger, as those of parsers do. It says the same, made safe; the exception itself
/// would be written out by whatever logger there is.
/// </summary>
internal sealed class SafeException : Exception
{
    // Nobody nests them so deep, but a cycle could be made.
    private const int MaxDepth = 10;

    private readonly string _text;
    private readonly string? _stackTrace;

    private SafeException(Exception exception)
        : base(SafeText.Escape(exception.Message))
    {
        _text = Render(exception, depth: 0);
        _stackTrace = exception.StackTrace;
        HResult = exception.HResult;
    }

    public override string? StackTrace => _stackTrace;

    /// <returns>The exception itself when it is safe, as nearly all are.</returns>
    public static Exception? Of(Exception? exception) => exception is null || IsSafe(exception, depth: 0) ? exception : new SafeException(exception);

    public override string ToString() => _text;

    private static bool IsSafe(Exception exception, int depth) =>
        SafeText.IsSafe(exception.Message) && Inner(exception).All(inner => depth < MaxDepth && IsSafe(inner, depth + 1));

    private static IEnumerable<Exception> Inner(Exception exception) => exception switch
    {
        AggregateException all => all.InnerExceptions,
        { InnerException: { } inner } => [inner],
        _ => [],
    };

    private static string Render(Exception exception, int depth)
    {
        var text = new StringBuilder($"{exception.GetType()}: {SafeText.Escape(exception.Message)}");

        foreach (var inner in depth < MaxDepth ? Inner(exception) : [])
        {
            text.Append($"{Environment.NewLine} ---> {Render(inner, depth + 1)}{Environment.NewLine}   --- End of inner exception stack trace ---");
        }

        return exception.StackTrace is { } trace ? text.Append(Environment.NewLine).Append(trace).ToString() : text.ToString();
    }
}
