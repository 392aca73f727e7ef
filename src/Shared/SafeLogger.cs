using Microsoft.Extensions.Logging.Abstractions;
// By name, since the app has the whole namespace already, and the libraries have not.
using EventId = Microsoft.Extensions.Logging.EventId;
using ILogger = Microsoft.Extensions.Logging.ILogger;
using ILoggerFactory = Microsoft.Extensions.Logging.ILoggerFactory;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Salon.Supervision;

/// <summary>
/// Hands on what is logged with the text of strangers made safe, in the line, in its values and in the exception, whatever logger is behind it and
/// whatever it does with them. So no call of a logger has to think of it. What is safe already is handed on as it is. Thread-safe.
/// </summary>
internal sealed class SafeLogger(ILogger inner) : ILogger
{
    /// <summary>Makes a logger that is safe; one that tells nobody without a factory.</summary>
    public static ILogger Create(ILoggerFactory? loggers, string category) => loggers is null ? NullLogger.Instance : new SafeLogger(loggers.CreateLogger(category));

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => state switch
        {
            IReadOnlyList<KeyValuePair<string, object?>> values when SafeValues.TryClean(values, out var clean) => inner.BeginScope(clean),
            string text => inner.BeginScope(SafeText.Escape(text)),
            _ => inner.BeginScope(state),
        };

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel))
        {
            return;
        }

        var safe = SafeException.Of(exception);

        if (state is not IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            inner.Log(logLevel, eventId, SafeText.Escape(formatter(state, safe)), safe, static (text, _) => text);
        }
        else if (SafeValues.TryClean(values, out var clean))
        {
            var line = clean.Render() ?? SafeText.Escape(formatter(state, safe));
            inner.Log(logLevel, eventId, clean, safe, (_, _) => line);
        }
        else
        {
            // What stands between the values is the program's own.
            inner.Log(logLevel, eventId, state, safe, formatter);
        }
    }
}
