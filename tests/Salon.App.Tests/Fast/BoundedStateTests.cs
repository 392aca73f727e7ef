using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Salon.App.Lab.Webhooks;
using Salon.App.NativeChat;
using Salon.App.Stocks;
using Salon.App.Streaming;

namespace Salon.App.Tests.Fast;

/// <summary>What is kept of a stream of things is bounded, and the newest; and what is written of it counts until it has left: <see cref="SseOutput"/>.</summary>
[Trait("Stage", "fast")]
public class BoundedStateTests
{
    [Fact]
    public void A_ring_keeps_the_newest_events_and_knows_which_are_gone()
    {
        var ring = new EventRing("epoch", capacity: 3, head: 10);

        for (var i = 11; i <= 15; i++)
        {
            Assert.Equal(i, ring.Add(new NewEvent("tick", "1"u8.ToArray())).Sequence);
        }

        Assert.Equal((12L, 15L), (ring.Tail, ring.Head));
        Assert.Equal([false, false, true, true, true, false], new long[] { 0, 12, 13, 14, 15, 16 }.Select(sequence => ring.TryGet(sequence, out _)));
    }

    [Fact]
    public void A_message_sent_twice_is_known_again_until_a_thousand_came_after_it()
    {
        var recent = new RecentMessages();
        Assert.True(recent.TryAdd(Message(0)));
        Assert.False(recent.TryAdd(Message(0) with { Name = "ALICE" }));

        for (var i = 1; i < NativeChatLimits.KnownMessages; i++)
        {
            Assert.True(recent.TryAdd(Message(i)));
        }

        Assert.True(recent.TryFind("alice", "0", out _));
        recent.TryAdd(Message(NativeChatLimits.KnownMessages));
        Assert.False(recent.TryFind("alice", "0", out _));
        Assert.Equal(NativeChatLimits.History, recent.History.Count);
        Assert.Equal($"{NativeChatLimits.KnownMessages}", recent.History[^1].Id);
    }

    [Fact]
    public async Task Who_watches_webhooks_gets_the_last_sixty_lines_and_those_that_follow()
    {
        var log = new WebhookLog();

        for (var i = 0; i < 70; i++)
        {
            log.Add(new WebhookEntry("event", $"{i}", Time: i));
        }

        var watcher = log.Watch();
        log.Add(new WebhookEntry("event", "70", Time: 70));
        log.Unwatch(watcher);
        log.Add(new WebhookEntry("event", "71", Time: 71));
        watcher.Writer.Complete();

        var seen = new List<string>();

        await foreach (var entry in watcher.Reader.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            seen.Add(entry.Id);
        }

        Assert.Equal(Enumerable.Range(10, 61).Select(static i => $"{i}"), seen);
    }

    [Fact]
    public void A_webhook_is_refused_as_often_as_was_asked_for_and_forgotten_at_its_end()
    {
        var log = new WebhookLog();
        log.Begin("a", refusals: 2);

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => log.TakeRefusal("a")));
        Assert.True(log.IsPending("a"));
        log.End("a");
        Assert.Equal((false, 0), (log.IsPending("a"), log.PendingCount));
    }

    [Fact]
    public void Candles_are_kept_as_many_as_a_chart_shows()
    {
        var series = new CandleSeries(CandleInterval.All[0]);

        series.Restore(Enumerable.Range(0, CandleSeries.Capacity + 5).Select(static i => new Candle(i * 1_000, 1, 1, 1, 1, 1)), open: null);

        Assert.Equal(CandleSeries.Capacity, series.Closed.Count);
        Assert.Equal(5_000, series.Closed.First().Time);
        Assert.False(series.TryEnd(long.MaxValue, out _));
    }

    [Fact]
    public async Task What_is_written_leaves_whole_in_whatever_pieces_memory_comes_and_counts_until_it_is_flushed()
    {
        var pipe = new Pipe(new PipeOptions(new SmallPieces(), minimumSegmentSize: 3));
        var output = new SseOutput(pipe.Writer);

        output.Write("data: 1\n\n"u8);
        output.Write(default);
        output.Write("data: 22\n\n"u8);
        Assert.Equal(19, output.Unflushed);
        await output.FlushAsync();
        output.Write("x"u8);

        Assert.Equal(1, output.Unflushed);
        Assert.True(pipe.Reader.TryRead(out var read));
        Assert.Equal("data: 1\n\ndata: 22\n\n", Encoding.UTF8.GetString(read.Buffer));
        Assert.False(read.Buffer.IsSingleSegment);
    }

    private static MessageFrame Message(int number) => new($"{number}", "Alice", "hello", DateTime.UnixEpoch.AddSeconds(number));

    /// <summary>Memory in pieces of three bytes.</summary>
    private sealed class SmallPieces : MemoryPool<byte>
    {
        public override int MaxBufferSize => 3;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Piece();

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Piece : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = new byte[3];

            public void Dispose()
            {
            }
        }
    }
}
