using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Salon.Supervision;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>The one way in which code of an application is called, and in which a task runs that nobody awaits.</summary>
[Trait("Stage", "fast")]
public sealed class GuardTests : IDisposable
{
    private readonly LogWatcher _logs = new();
    private readonly Meter _meter = new("GuardTests");
    private readonly List<string> _counted = [];
    private readonly MeterListener _listener = new();
    private readonly Guard _guard;

    public GuardTests()
    {
        _guard = new Guard(_logs.CreateLogger("guard"), _meter.CreateCounter<long>("failed"));
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _counted.Add((string)tags[0].Value!));
        _listener.Start();
    }

    private string[] Failures => [.. _logs.Entries.Where(static entry => entry.Level == LogLevel.Error).Select(static entry => $"{entry.Message} {entry.Exception!.Message}")];

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void What_a_call_throws_is_logged_and_counted_and_ends_there()
    {
        Assert.True(_guard.Call("Good", 1, static _ => { }));
        Assert.False(_guard.Call("Bad", 1, static _ => throw new InvalidOperationException("no")));

        Assert.Equal(["Bad failed. no"], Failures);
        Assert.Equal(["Bad"], _counted);
    }

    [Fact]
    public void A_subscriber_that_throws_does_not_keep_the_others_from_being_called()
    {
        var called = new List<string>();
        Action<int>? one = null;
        one += _ => called.Add("first");
        one += _ => throw new InvalidOperationException("no");
        one += _ => called.Add("last");
        Action<int, int>? two = null;
        two += (_, _) => throw new InvalidOperationException("nor this");
        two += (_, _) => called.Add("of two");

        _guard.Raise("One", one, 1);
        _guard.Raise("Two", two, 1, 2);
        _guard.Raise<int>("None", null, 1);

        Assert.Equal(["first", "last", "of two"], called);
        Assert.Equal(["One failed. no", "Two failed. nor this"], Failures);
    }

    [Fact]
    public async Task A_question_that_fails_has_the_answer_that_was_given_for_it()
    {
        Assert.Equal(2, _guard.Ask("Ask", 1, static one => one + 1, otherwise: -1));
        Assert.Equal(-1, _guard.Ask("Ask", 1, static int (_) => throw new InvalidOperationException("no"), otherwise: -1));
        Assert.Equal(-1, await _guard.AskAsync("AskAsync", 1, static ValueTask<int> (_) => throw new InvalidOperationException("at once"), otherwise: -1));
        Assert.Equal(-1, await _guard.AskAsync("AskAsync", 1, static async ValueTask<int> (_) => { await Task.Yield(); throw new InvalidOperationException("later"); }, otherwise: -1));
        Assert.False(await _guard.CallAsync("CallAsync", 1, static async _ => { await Task.Yield(); throw new InvalidOperationException("no"); }));
        Assert.True(await _guard.CallAsync("CallAsync", 1, static _ => default));

        Assert.Equal(["Ask failed. no", "AskAsync failed. at once", "AskAsync failed. later", "CallAsync failed. no"], Failures);
    }

    [Fact]
    public async Task A_task_that_nobody_awaits_tells_its_failure_whenever_it_comes()
    {
        var later = new TaskCompletionSource();

        _guard.Run("AtOnce", 1, static _ => throw new InvalidOperationException("a"));
        _guard.Run("Later", later, static async wait => await wait.Task);
        _guard.Forget("Task", Task.FromException(new InvalidOperationException("b")));
        _guard.Forget("ValueTask", ValueTask.FromException(new InvalidOperationException("c")));
        _guard.Forget("Done", default(ValueTask));
        _guard.Forget("Cancelled", Task.FromCanceled(new CancellationToken(canceled: true)));
        later.SetException(new InvalidOperationException("d"));

        await Eventually.Async("all failures were told", () => Failures.Length == 5);
        Assert.Equal(["AtOnce", "Cancelled", "Later", "Task", "ValueTask"], _counted.Order());
    }

    [Fact]
    public async Task A_loop_that_ends_or_fails_is_said_and_starts_again_after_a_pause_that_doubles()
    {
        var time = new ManualTimeProvider();
        using var stopping = new CancellationTokenSource();
        var runs = 0;

        var loop = _guard.KeepRunningAsync(
            "Loop",
            _ => ++runs == 2 ? Task.CompletedTask : throw new InvalidOperationException("no"),
            time,
            stopping.Token);

        Assert.Equal(1, runs);
        time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(1, runs);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await Eventually.Async("it runs again", () => runs == 2 && Restarts == 2);
        time.Advance(TimeSpan.FromMilliseconds(199));
        Assert.Equal(2, runs);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await Eventually.Async("it runs again although it had ended without a failure", () => runs == 3 && Restarts == 3);

        await stopping.CancelAsync();
        await loop.Soon();
        Assert.Equal(["Loop failed. no", "Loop failed. no"], Failures);
    }

    private int Restarts => _logs.Entries.Count(static entry => entry.Message.Contains("starts again", StringComparison.Ordinal));

    [Fact]
    public async Task A_loop_that_is_told_to_stop_ends_without_a_word()
    {
        using var stopping = new CancellationTokenSource();
        var loop = _guard.KeepRunningAsync("Loop", static stopped => Task.Delay(Timeout.InfiniteTimeSpan, stopped), TimeProvider.System, stopping.Token);

        await stopping.CancelAsync();

        await loop.Soon();
        Assert.Empty(_logs.Entries);
    }

    [Fact]
    public void Neither_a_logger_nor_a_listener_that_throws_brings_it_down()
    {
        _listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException("listener"));
        var guard = new Guard(new BrokenLogger(), _meter.CreateCounter<long>("failed too"));

        Assert.False(guard.Call("Bad", 1, static _ => throw new InvalidOperationException("no")));
        guard.Forget("Bad", Task.FromException(new InvalidOperationException("no")));
        Assert.False(_guard.Call("Bad", 1, static _ => throw new InvalidOperationException("no")));

        Assert.Equal(["Bad failed. no"], Failures);
    }

    [Fact]
    public void A_call_that_does_not_fail_allocates_nothing()
    {
        Action<int> subscriber = static _ => { };
        Call();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            Call();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Call()
        {
            _guard.Call("Call", 1, static _ => { });
            _guard.Raise("Raise", subscriber, 1);
            _guard.Ask("Ask", 1, static one => one, otherwise: 2);
            _guard.Forget("Forget", Task.CompletedTask);
            _guard.Forget("Forget", default(ValueTask));
        }
    }

    private sealed class BrokenLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("logger");
    }
}
