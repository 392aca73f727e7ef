using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.EngineIO.Fairness;
using Salon.EngineIO.Sessions;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>How late things are: by a thread pool that the test plays, by our clock, and by what an app says.</summary>
[Trait("Stage", "fast")]
public class LatenessTests
{
    [Fact]
    public void The_pool_is_as_late_as_its_last_probe_was_or_as_one_that_is_still_on_its_way()
    {
        var time = new ManualTimeProvider();
        var queued = new Queue<IThreadPoolWorkItem>();
        var lateness = new Lateness(time, queued.Enqueue);

        Assert.Equal(0, Look());
        Pass(70);
        Assert.Equal(70, Look());
        Pass(50);
        Assert.Equal(120, Look());

        // One probe at a time, however often it is looked. It has arrived late, which is said once; the next is in time.
        Pass(5);
        Assert.Single(queued).Execute();
        queued.Clear();
        Assert.Equal(125, Look());
        queued.Dequeue().Execute();
        Assert.Equal(0, Look());

        int Look() => (int)lateness.Look().TotalMilliseconds;
        void Pass(int milliseconds) => time.Advance(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Fact]
    public void What_an_app_adds_counts_and_the_longest_is_what_counts()
    {
        var lateness = new Lateness(new ManualTimeProvider(), static _ => { });
        lateness.Watch(static () => TimeSpan.FromMilliseconds(3));
        lateness.Watch(static () => TimeSpan.FromMilliseconds(30));
        lateness.Watch(static () => TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromMilliseconds(30), lateness.Look());
    }

    [Fact]
    public void An_app_that_fails_to_say_it_is_told_so_and_nothing_else_is_late()
    {
        var logs = new LogWatcher();

        // With a clock that stands still, the thread pool is never late, however busy the machine is.
        using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(logs))
            .AddSingleton<TimeProvider>(new ManualTimeProvider())
            .BuildServiceProvider();
        using var server = new EngineServer(new EngineIOOptions(), static _ => SilentHandler.Instance, services);
        server.WatchLateness(static () => throw new InvalidOperationException("no idea"));

        Assert.Equal(TimeSpan.Zero, server.Lateness.Look());
        Assert.Contains(logs.Entries, static entry => entry.Message.StartsWith("WatchLateness failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_of_an_app_goes_on_at_once_as_long_as_nothing_is_late_and_never_for_who_is_gone()
    {
        using var services = new ServiceCollection().BuildServiceProvider();
        using var server = new EngineServer(new EngineIOOptions(), static _ => SilentHandler.Instance, services);
        var context = new DefaultHttpContext();

        Assert.True(await server.WaitForTurnAsync(context));
        Assert.False(server.IsBusy);

        context.RequestAborted = new CancellationToken(canceled: true);
        Assert.False(await server.WaitForTurnAsync(context));
    }
}
