using System.Text.Json;
using Microsoft.Extensions.Logging;
using Salon.Supervision;

// As applications log, with templates that nothing has read before.
#pragma warning disable CA1848

namespace Salon.EngineIO.Tests.Fast;

/// <summary>What strangers wrote can only be read in a log, whatever logger there is.</summary>
[Trait("Stage", "fast")]
public class SafeLoggerTests
{
    private const string Nasty = "a\u001b[31mb\r\nc\u0000d\u0085e\u2028f\u202eg\u2066h\u200bi\ufeffj\ud800k\u007f\U000e0041";
    private const string Safe = "a\\u{1b}[31mb\\u{d}\\u{a}c\\u{0}d\\u{85}e\\u{2028}f\\u{202e}g\\u{2066}h\\u{200b}i\\u{feff}j\\u{d800}k\\u{7f}\\u{e0041}";

    private readonly Sink _sink = new();
    private readonly ILogger _logger;

    public SafeLoggerTests() => _logger = new SafeLogger(_sink);

    [Fact]
    public void What_nobody_sees_is_written_out_in_the_line_and_in_its_values()
    {
        _logger.LogWarning("{Name} in {{braces}} {Count:000} {Other}", Nasty, 7, null);

        Assert.Equal($"{Safe} in {{braces}} 007 (null)", _sink.Line);
        Assert.Equal(Safe, _sink.Values["Name"]);
        Assert.Equal(7, _sink.Values["Count"]);
        Assert.Equal("{Name} in {{braces}} {Count:000} {Other}", _sink.Values["{OriginalFormat}"]);
    }

    [Fact]
    public void What_is_long_ends()
    {
        _logger.LogWarning("{Name}", new string('x', 100_000));

        Assert.Equal(new string('x', 512) + "… (99488 more)", _sink.Line);
        Assert.Equal(_sink.Line, _sink.Values["Name"]);
    }

    [Fact]
    public void Values_that_are_no_texts_are_looked_at_as_well()
    {
        _logger.LogWarning("{List} {Json} {Uri}", new[] { "a", Nasty }, JsonSerializer.SerializeToElement(Nasty), new Uri($"http://localhost/{new string('x', 600)}"));

        Assert.DoesNotContain(_sink.Line, char.IsControl);
        Assert.StartsWith($"a, {Safe}", _sink.Line);
        Assert.InRange(_sink.Line.Length, 1, 2_000);
    }

    [Theory]
    [InlineData("Alice")]
    [InlineData("Amélie, 日本語, مرحبا, 😀, e\u0301")]
    [InlineData("{\"a\":[1,2]} \\ % {}")]
    public void What_can_be_seen_is_handed_on_as_it_is(string name)
    {
        object[] values = [name];
        _logger.Log(LogLevel.Warning, 0, values, null, static (state, _) => (string)state[0]);
        Assert.Equal(name, _sink.Line);

        _logger.LogWarning("{Name}", name);
        Assert.Equal(name, _sink.Line);
        Assert.Equal("FormattedLogValues", _sink.State!.GetType().Name);
    }

    [Fact]
    public void An_exception_that_quotes_says_the_same_and_where_it_was_thrown()
    {
        var thrown = Assert.Throws<InvalidOperationException>(() => Throw(new FormatException(Nasty)));

        _logger.LogError(thrown, "It failed.");

        var text = _sink.Exception!.ToString();
        Assert.DoesNotContain(text.Split(Environment.NewLine), static line => line.Any(char.IsControl));
        Assert.Contains("System.InvalidOperationException: outer", text);
        Assert.Contains($" ---> System.FormatException: {Safe}", text);
        Assert.Contains(nameof(Throw), text);
        Assert.Equal(thrown.StackTrace, _sink.Exception.StackTrace);
        Assert.Null(_sink.Exception.InnerException);
    }

    [Fact]
    public void An_exception_that_quotes_nobody_is_handed_on_itself()
    {
        var exception = new AggregateException(new IOException("gone"), new InvalidOperationException("outer", new FormatException("inner")));

        _logger.LogError(exception, "{Name}", Nasty);

        Assert.Same(exception, _sink.Exception);
    }

    [Fact]
    public void Scopes_are_lines_too()
    {
        using var scope = _logger.BeginScope("{Path}", Nasty);

        Assert.Equal(Safe, _sink.Scope!.ToString());
    }

    [Fact]
    public void What_is_not_logged_is_not_looked_at()
    {
        _sink.Level = LogLevel.Error;

        _logger.Log(LogLevel.Debug, 0, "state", null, static (_, _) => throw new InvalidOperationException("formatted"));

        Assert.Null(_sink.State);
    }

    private static void Throw(Exception inner) => throw new InvalidOperationException("outer", inner);

    private sealed class Sink : ILogger
    {
        public LogLevel Level { get; set; }

        public string Line { get; private set; } = "";

        public object? State { get; private set; }

        public object? Scope { get; private set; }

        public Exception? Exception { get; private set; }

        public Dictionary<string, object?> Values => new((IReadOnlyList<KeyValuePair<string, object?>>)State!);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Scope = state;
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => logLevel >= Level;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            (State, Exception, Line) = (state, exception, formatter(state, exception));
    }
}
