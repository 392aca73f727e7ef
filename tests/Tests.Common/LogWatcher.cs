using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Salon.Tests;

/// <summary>Keeps what a server logs. A warning or an error that the test did not announce fails it.</summary>
public sealed class LogWatcher : ILoggerProvider
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();
    private readonly ConcurrentBag<string> _expected = [];

    public IEnumerable<LogEntry> Entries => _entries;

    /// <summary>Announces warnings or errors whose text contains this.</summary>
    public void Expect(string text) => _expected.Add(text);

    /// <summary>Fails when something was logged that nobody announced.</summary>
    public void AssertNothingUnexpected() =>
        Assert.DoesNotContain(_entries, entry => entry.Level >= LogLevel.Warning && !_expected.Any(entry.Message.Contains));

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _entries);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<LogEntry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.Enqueue(new LogEntry(logLevel, category, formatter(state, exception), exception));
    }
}
