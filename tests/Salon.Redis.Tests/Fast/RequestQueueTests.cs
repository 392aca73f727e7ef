using Salon.Redis.Diagnostics;
using Salon.Redis.Requests;
using Salon.Tests;

namespace Salon.Redis.Tests.Fast;

/// <summary>What waits to be written, and what waits for its answer. Requests of ten bytes, no Redis.</summary>
[Trait("Stage", "fast")]
public sealed class RequestQueueTests : IDisposable
{
    private readonly RedisMetrics _metrics = new(new ManualTimeProvider());
    private readonly RequestQueue _queue = new(maxBytes: 50);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Requests_are_taken_in_order_as_many_as_fit_and_at_least_one()
    {
        var all = Add(5);

        Assert.Equal(all[..2], Take(25));
        Assert.Equal(all[2..3], Take(1));
        Assert.Equal(all[3..], Take(1000));
        Assert.Empty(Take(1000));
        Assert.Equal(50, _queue.Bytes);
    }

    [Fact]
    public void What_is_written_counts_until_it_is_and_an_empty_queue_takes_anything()
    {
        Add(5);
        Assert.Equal(AddResult.Full, _queue.TryAdd(New()));
        Take(1000);
        Assert.Equal(AddResult.Full, _queue.TryAdd(New()));
        Assert.Equal(AddResult.Added, _queue.TryAdd(New(), isBounded: false));
        _queue.Release(50);
        Assert.Equal(10, _queue.Bytes);

        Take(1000);
        _queue.Release(10);
        Assert.Equal(AddResult.Added, _queue.TryAdd(New(bytes: 1000)));
        Assert.Equal(AddResult.Full, _queue.TryAdd(New(bytes: 1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Whichever_is_taken_back_the_others_stay_in_order(int removed)
    {
        var all = Add(3);

        _queue.Remove(all[removed]);
        _queue.Remove(all[removed]);
        var last = Add(1)[0];

        Assert.Equal(30, _queue.Bytes);
        Assert.Equal([.. all.Where((_, index) => index != removed), last], Take(1000));
    }

    [Fact]
    public void What_the_writer_has_taken_is_not_taken_back()
    {
        var all = Add(3);
        Take(15);

        _queue.Remove(all[0]);

        Assert.Equal(30, _queue.Bytes);
        Assert.Equal(all[1..], Take(1000));
    }

    [Fact]
    public void Those_whose_time_is_over_leave_and_the_others_wait_on()
    {
        var all = new[] { New(dueAt: 10), New(dueAt: 20), New(dueAt: 30) };
        Array.ForEach(all, request => _queue.TryAdd(request));

        Assert.Null(_queue.TakeDue(9));
        Assert.Equal(all[..2], _queue.TakeDue(20));
        Assert.Null(_queue.TakeDue(29));
        Assert.Equal(10, _queue.Bytes);
        Assert.Equal(all[2..], _queue.TakeAll());
        Assert.Equal(AddResult.Added, _queue.TryAdd(New()));
        Assert.Single(_queue.TakeAll(close: true));
        Assert.Equal(AddResult.Closed, _queue.TryAdd(New()));
        Assert.Equal(0, _queue.Bytes);
    }

    [Fact]
    public async Task A_writer_is_told_of_what_waited_for_it_and_of_what_comes_until_it_goes()
    {
        var writer = new WakeSignal();
        Add(1);
        _queue.Attach(writer);
        Assert.True(await writer.WaitAsync());

        var waiting = writer.WaitAsync().AsTask();
        Add(1);
        Assert.True(await waiting.Soon());
        _queue.Detach();
        waiting = writer.WaitAsync().AsTask();
        Add(1);
        Assert.False(waiting.IsCompleted);
        writer.End();
        Assert.False(await waiting.Soon());
    }

    [Fact]
    public void Answers_come_in_the_order_of_what_was_sent_and_one_that_has_several_takes_all_of_them()
    {
        var sent = new SentRequests();
        Assert.False(sent.TryTake(out _));
        var (first, second, third) = (New(replies: 2), New(), New());
        sent.Add(Chain(first, second));
        sent.Add(third);

        Assert.Equal(3, sent.Count);
        Assert.Equal([first, first, second, third], Enumerable.Range(0, 4).Select(_ => sent.TryTake(out var request) ? request : null));
        Assert.False(sent.TryTake(out _));
        Assert.Equal(0, sent.Count);

        sent.Add(first = New());
        Assert.Equal([first], sent.TakeAll());
        Assert.Empty(sent.TakeAll());
    }

    [Fact]
    public void An_answer_that_is_not_for_the_next_one_takes_nothing()
    {
        var sent = new SentRequests();
        var (first, second) = (New(), New());
        sent.Add(Chain(first, second));

        Assert.False(sent.TryTake(request => request == second, out _));
        Assert.True(sent.TryTake(request => request == first, out _));
        Assert.Equal(1, sent.Count);
    }

    [Fact]
    public void Those_whose_time_is_over_stay_because_their_answers_will_come()
    {
        var sent = new SentRequests();
        var (first, second) = (New(dueAt: 10), New(dueAt: 20));
        sent.Add(Chain(first, second));

        Assert.Null(sent.FindDue(9));
        Assert.Equal([first], sent.FindDue(10));
        Assert.Equal([first, second], sent.FindDue(20));
        Assert.Equal(2, sent.Count);
    }

    [Fact]
    public async Task The_first_that_happens_to_a_command_decides()
    {
        var (lost, due, cancelled) = (New(), New(), New());
        using var leaving = new CancellationTokenSource();
        cancelled.CancelWith(leaving.Token);
        _queue.TryAdd(cancelled);
        due.OnDue(wasSent: true, obstacle: "it is away");
        due.OnDropped();
        lost.OnDropped();
        lost.OnDue(wasSent: false, obstacle: null);
        await leaving.CancelAsync();
        cancelled.OnDropped();

        var timeout = await Assert.ThrowsAsync<RedisTimeoutException>(() => due.Result.AsTask());
        Assert.EndsWith("in time: it is away.", timeout.Message);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => lost.Result.AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Result.AsTask());
        Assert.Equal(0, _queue.Bytes);
    }

    private static Request Chain(Request first, Request second)
    {
        first.Next = second;
        return first;
    }

    private CommandRequest New(int bytes = 10, int replies = 1, long dueAt = long.MaxValue) => new("GET", new byte[bytes], replies, _metrics, startedAt: 0, dueAt);

    private CommandRequest[] Add(int count)
    {
        CommandRequest[] all = [.. Enumerable.Range(0, count).Select(_ => New())];
        Assert.All(all, request => Assert.Equal(AddResult.Added, _queue.TryAdd(request)));
        return all;
    }

    private List<Request> Take(int maxLength)
    {
        var taken = new List<Request>();

        for (var request = _queue.Take(maxLength, out var length); request is not null; request = request.Next)
        {
            taken.Add(request);
            length -= request.Frame.Length;
            Assert.True(length >= 0);
        }

        return taken;
    }
}
