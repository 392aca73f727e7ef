using System.Collections.Concurrent;
using Salon.App.Storage;
using Salon.App.Storage.Sqlite;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>Calls that keep their thread keep one of a few that serve nobody else.</summary>
[Trait("Stage", "fast")]
public class SqliteWorkersTests
{
    [Fact]
    public async Task A_call_runs_on_a_worker_and_what_waits_for_it_goes_on_elsewhere()
    {
        using var workers = new SqliteWorkers("worker", count: 1, capacity: 10);

        var name = await workers.RunAsync(static () => Thread.CurrentThread.Name);

        Assert.Equal("worker", name);
        Assert.NotEqual("worker", Thread.CurrentThread.Name);

        using var gate = new ManualResetEventSlim();
        var held = workers.RunAsync(() => gate.Wait(Eventually.Patience), goOnHere: true);
        var goingOn = held.ContinueWith(static _ => Thread.CurrentThread.Name, TaskContinuationOptions.ExecuteSynchronously);
        gate.Set();
        Assert.Equal("worker", await goingOn.Soon());

        // This, too, goes on there, and is about to wait for its end.
        await Task.Yield();
    }

    [Fact]
    public async Task As_many_run_at_a_time_as_there_are_workers_and_the_rest_in_order()
    {
        using var workers = new SqliteWorkers("worker", count: 2, capacity: 10);
        using var gate = new ManualResetEventSlim();
        var begun = new ConcurrentQueue<int>();
        var calls = Enumerable.Range(0, 5).Select(number => workers.RunAsync(() =>
        {
            begun.Enqueue(number);
            gate.Wait();
            return number;
        })).ToList();

        await Eventually.Async("two have begun", () => begun.Count == 2);
        gate.Set();

        var results = await Task.WhenAll(calls).Soon();
        Assert.Equal([0, 1, 2, 3, 4], results.Order());
    }

    [Fact]
    public async Task How_late_calls_are_is_known_as_long_as_some_wait()
    {
        using var workers = new SqliteWorkers("worker", count: 1, capacity: 10);
        using var gate = new ManualResetEventSlim();
        var first = workers.RunAsync(() =>
        {
            gate.Wait();
            return 1;
        });
        var second = workers.RunAsync(static () => 2);

        await Eventually.Async("the second is late", () => workers.Lateness >= TimeSpan.FromMilliseconds(40));
        gate.Set();
        await Task.WhenAll(first, second).Soon();

        Assert.Equal(TimeSpan.Zero, workers.Lateness);
        workers.Dispose();
        Assert.Equal(TimeSpan.Zero, workers.Lateness);
    }

    [Fact]
    public async Task What_fails_is_told_to_whoever_asked_and_the_worker_lives()
    {
        using var workers = new SqliteWorkers("worker", count: 1, capacity: 10);

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => workers.RunAsync<int>(static () => throw new InvalidTimeZoneException()));

        Assert.Equal(5, await workers.RunAsync(static () => 5).Soon());
    }

    [Fact]
    public async Task What_finds_no_place_fails_at_once()
    {
        using var workers = new SqliteWorkers("worker", count: 1, capacity: 1);
        using var gate = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var first = workers.RunAsync(() =>
        {
            begun.Set();
            gate.Wait();
            return 1;
        });
        Assert.True(begun.Wait(Eventually.Patience));
        var second = workers.RunAsync(static () => 2);

        await Assert.ThrowsAsync<StorageException>(() => workers.RunAsync(static () => 3));

        gate.Set();
        var results = await Task.WhenAll(first, second).Soon();
        Assert.Equal([1, 2], results);
    }

    [Fact]
    public async Task What_was_taken_is_done_before_the_end_and_nothing_after_it()
    {
        var workers = new SqliteWorkers("worker", count: 1, capacity: 10);
        var taken = Enumerable.Range(0, 10).Select(number => workers.RunAsync(() => number)).ToList();

        workers.Dispose();
        workers.Dispose();

        Assert.All(taken, static call => Assert.True(call.IsCompletedSuccessfully));
        await Assert.ThrowsAsync<StorageException>(() => workers.RunAsync(static () => 1));
    }
}
