using System.Text;
using Salon.EngineIO.Sessions;
using Salon.EngineIO.Transports;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>What may wait for one client, and in which order it leaves.</summary>
[Trait("Stage", "fast")]
public class SendQueueTests
{
    private const int Bound = 100_000;

    private readonly SendQueue _queue = new(Bound);

    [Fact]
    public void A_poll_that_comes_after_the_end_of_an_empty_queue_does_not_wait()
    {
        _queue.Complete(discard: false);
        var poll = new PendingPoll();

        Assert.True(_queue.TryLease(poll));

        Assert.True(poll.Ended.IsCompleted);
        Assert.Empty(_queue.ReleaseAndTake(poll, countLimit: 16, byteLimit: 1000));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(1000)]
    public void A_message_counts_as_what_it_costs_in_memory(int length)
    {
        const int Count = 50;
        var text = new byte[length];
        var messages = new EngineMessage[Count];
        _ = EngineMessage.CreateText(text);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < Count; i++)
        {
            messages[i] = EngineMessage.CreateText(text);
        }

        // A place takes eight bytes, and at worst half of the places are empty.
        var cost = GC.GetAllocatedBytesForCurrentThread() - before + (Count * 16);

        foreach (var message in messages)
        {
            Assert.Equal(QueueStatus.Added, _queue.TryAdd(message));
        }

        Assert.InRange(_queue.Bytes, cost, cost * 1.5);
    }

    [Fact]
    public void Empty_messages_fill_the_queue_too()
    {
        var added = 0;

        while (_queue.TryAdd(EngineMessage.CreateText([])) == QueueStatus.Added)
        {
            added++;
        }

        Assert.InRange(added, 1, Bound / 100);
        Assert.InRange(_queue.Bytes, 0, Bound);
    }

    [Fact]
    public void Of_all_pongs_that_could_not_leave_only_the_last_waits_in_the_place_of_the_first()
    {
        _queue.TryAdd(Text("before"));

        for (var i = 0; i < 100_000; i++)
        {
            _queue.TryAddPong(Text($"pong {i}"));
        }

        _queue.TryAdd(Text("after"));
        _queue.TryAddPong(Text("the longest pong of them all"));

        Assert.Equal(["before", "the longest pong of them all", "after"], TakeAll());
        Assert.Equal(0, _queue.Bytes);

        _queue.TryAddPong(Text("next"));
        Assert.Equal(["next"], TakeAll());
    }

    [Fact]
    public void A_pong_that_has_left_or_was_thrown_away_is_not_replaced()
    {
        _queue.TryAddPong(Text("one"));
        Assert.Equal(["one"], TakeAll());
        _queue.TryAdd(Text("in its place"));
        _queue.TryAddPong(Text("two"));
        Assert.Equal(["in its place", "two"], TakeAll());

        _queue.TryAddPong(Text("three"));
        _queue.Complete(discard: true, Text("last"));
        _queue.TryAddPong(Text("four"));
        Assert.Equal(["last"], TakeAll());
    }

    [Fact]
    public void A_message_larger_than_the_bound_waits_behind_others_and_others_wait_behind_it()
    {
        var small = EngineMessage.CreateText(new byte[10_000]);
        Assert.Equal(5, Fill(small, 5));

        Assert.Equal(QueueStatus.Added, _queue.TryAdd(Large(10)));

        // It takes nothing of the bound: four more fit, as if it was not there.
        Assert.Equal(4, Fill(small, 10));
        Assert.Equal(10, TakeAll().Count);
        Assert.Equal(9, Fill(small, 10));
    }

    [Fact]
    public void Several_large_messages_wait_up_to_their_own_bound_and_one_always_may()
    {
        Assert.Equal(2, Fill(Large(1.5), 10));
        Assert.Equal(2, TakeAll().Count);
        Assert.Equal(1, Fill(Large(50), 10));
        Assert.Equal(QueueStatus.Full, _queue.TryAdd(Large(1.1)));
    }

    [Fact]
    public void Attachments_count_with_their_message_and_leave_with_it()
    {
        EngineMessage[] attachments = [.. Enumerable.Range(0, 10).Select(_ => EngineMessage.CreateBinary(new byte[20_000]))];
        var large = EngineMessage.CreateText(1, attachments, static (span, _) => span.Fill((byte)'x'), attachments: attachments);
        _queue.TryAdd(Text("before"));

        Assert.Equal(QueueStatus.Added, _queue.TryAdd(large));
        Assert.Equal(QueueStatus.Added, _queue.TryAdd(EngineMessage.CreateText(new byte[90_000])));
        Assert.Equal(QueueStatus.Full, _queue.TryAdd(EngineMessage.CreateText(new byte[90_000])));

        Assert.Equal(13, TakeAll().Count);
        Assert.Equal(QueueStatus.Added, _queue.TryAdd(EngineMessage.CreateText(new byte[90_000])));
        Assert.Equal(QueueStatus.Full, _queue.TryAdd(EngineMessage.CreateText(new byte[90_000])));
    }

    [Fact]
    public async Task Who_waits_for_room_waits_for_the_large_message_too()
    {
        _queue.TryAdd(Large(2));
        var room = _queue.WaitForRoomAsync(out var isFirst);

        Assert.True(isFirst);
        Assert.False(room.IsCompleted);
        TakeAll();
        await room.Soon();
    }

    private static EngineMessage Text(string text) => EngineMessage.CreateText(Encoding.UTF8.GetBytes(text));

    private static EngineMessage Large(double bounds) => EngineMessage.CreateText(new byte[(int)(Bound * bounds)]);

    private int Fill(EngineMessage message, int count) => Enumerable.Range(0, count).TakeWhile(_ => _queue.TryAdd(message) == QueueStatus.Added).Count();

    private List<string> TakeAll()
    {
        var taken = new List<string>();

        while (_queue.TryTake(out var message))
        {
            taken.Add(Encoding.UTF8.GetString(message.Data.Span));
        }

        return taken;
    }
}
