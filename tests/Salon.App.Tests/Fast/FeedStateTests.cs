using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Salon.App.Streaming;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>Where a reader is in a feed, what it is told, and who is woken. A feed of ten events.</summary>
[Trait("Stage", "fast")]
public sealed class FeedStateTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly EventFeed _feed;
    private readonly LongPolls _polls;

    public FeedStateTests()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        _feed = new EventFeed(new FeedOptions("test", Capacity: 10, MaxLead: 2), new Content(), new FeedMetrics(meters, "test"));
        _polls = new LongPolls(_time, NullLogger<LongPolls>.Instance);
    }

    public void Dispose() => _polls.Dispose();

    [Fact]
    public void A_new_reader_gets_how_things_are_and_then_what_is_new()
    {
        Begin(events: 3);
        var cursor = new FeedCursor(_feed, TopicSet.All, ResumePoint.Start);

        Assert.Equal(["snapshot e-3"], TakeAll(cursor));
        Publish(1);
        Assert.Equal(["tick e-4"], TakeAll(cursor));
        Assert.Empty(TakeAll(cursor));
    }

    [Fact]
    public void A_reader_before_the_first_epoch_waits_for_it()
    {
        var cursor = new FeedCursor(_feed, TopicSet.All, ResumePoint.Start);

        Assert.Empty(TakeAll(cursor));
        Assert.Null(cursor.Position);
        Begin(events: 1);
        Assert.Equal(["snapshot e-1"], TakeAll(cursor));
    }

    [Theory]
    [InlineData("e-15", "")]
    [InlineData("e-5", "replayed tick e-6 tick e-7 tick e-8 tick e-9 tick e-10 tick e-11 tick e-12 tick e-13 tick e-14 tick e-15")]
    [InlineData("e-4", "reset gap snapshot e-15")]
    [InlineData("e-17", "")]
    [InlineData("e-18", "reset future snapshot e-15")]
    [InlineData("other-15", "reset epoch snapshot e-15")]
    [InlineData("?", "reset invalid snapshot e-15")]
    public void Who_comes_back_goes_on_where_it_was_or_is_told_why_not(string id, string told)
    {
        Begin(events: 15);
        var cursor = new FeedCursor(_feed, TopicSet.All, ResumePoint.Parse(id));

        var taken = TakeAll(cursor).Select(static each => each.StartsWith("status", StringComparison.Ordinal) ? each.Contains("Replayed = 0", StringComparison.Ordinal) ? "" : "replayed" : each);

        Assert.Equal(told, string.Join(' ', taken.Where(static each => each.Length > 0)));
    }

    [Fact]
    public void A_reader_that_is_ahead_of_this_node_gets_nothing_twice()
    {
        Begin(events: 5);
        var cursor = new FeedCursor(_feed, TopicSet.All, ResumePoint.Parse("e-7"), isPoll: true);
        Publish(4);

        Assert.Equal(["tick e-8", "tick e-9"], TakeAll(cursor));
    }

    [Fact]
    public void A_reader_that_falls_behind_what_is_kept_begins_anew_and_goes_on()
    {
        Begin(events: 0);
        var cursor = new FeedCursor(_feed, TopicSet.All, ResumePoint.Start);
        TakeAll(cursor);

        Publish(11);
        Assert.Equal(["reset gap", "snapshot e-11"], TakeAll(cursor));
        Publish(10);
        Assert.Equal(10, TakeAll(cursor).Count);
    }

    [Fact]
    public void A_feed_that_begins_anew_in_the_same_epoch_resets_only_who_has_missed_something()
    {
        Begin(events: 5);
        var (current, behind) = (new FeedCursor(_feed, TopicSet.All, ResumePoint.Start), new FeedCursor(_feed, TopicSet.All, ResumePoint.Start));
        TakeAll(behind);
        Publish(3);
        TakeAll(current);

        _feed.Begin("e", head: 7, [Tick(0), Tick(0)]);

        Assert.Equal(["tick e-9"], TakeAll(current));
        Assert.Equal(["reset gap", "snapshot e-9"], TakeAll(behind));
        _feed.Begin("f", head: 0);
        Assert.Equal(["reset epoch", "snapshot f-0"], TakeAll(current));
    }

    [Fact]
    public void To_a_slow_reader_only_the_newest_of_each_key_is_told_and_that_something_was_left_out()
    {
        Begin(events: 0);
        var cursor = new FeedCursor(_feed, TopicSet.Of([0, 1]), ResumePoint.Start);
        TakeAll(cursor);
        // Key and topic; the one without a key stays, the one of another topic is none of this reader's.
        Publish([Tick(0), Tick(1), Tick(0), new NewEvent("news", "1"u8.ToArray(), Topic: 1), Tick(2), Tick(1)]);

        cursor.Conflate();
        cursor.Conflate();

        var taken = TakeAll(cursor);
        Assert.Equal(["tick e-3", "news e-4", "tick e-6"], taken.Skip(1));
        Assert.Contains("Conflated = 2", taken[0], StringComparison.Ordinal);
        Publish([Tick(0)]);
        Assert.Equal(["tick e-7"], TakeAll(cursor));
    }

    [Fact]
    public void What_a_reader_had_missed_before_it_came_is_not_conflated()
    {
        Begin(events: 6);
        var cursor = new FeedCursor(_feed, TopicSet.All, ResumePoint.Parse("e-2"));
        Assert.True(cursor.TryTake(out _));

        cursor.Conflate();

        Assert.Equal(["tick e-3", "tick e-4", "tick e-5", "tick e-6"], TakeAll(cursor));
    }

    [Fact]
    public async Task A_poll_ends_with_the_first_event_for_it_with_its_time_or_with_the_client()
    {
        Begin(events: 1);
        using var leaving = new CancellationTokenSource();
        var (heard, timed, left) = (Poll(new ResumePoint(new StreamId("e", 1)), 10, topic: 1), Poll(new ResumePoint(new StreamId("e", 1)), 10, topic: 2), Poll(new ResumePoint(new StreamId("e", 1)), 100, topic: 2, leaving.Token));

        Publish([Tick(1)]);
        Assert.Equal("tick e-2", Describe(Assert.Single((await heard.Soon()).Events)));
        Assert.False(timed.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True((await timed.Soon()).IsEmpty);
        Assert.False(left.IsCompleted);
        await leaving.CancelAsync();
        Assert.True((await left.Soon()).IsEmpty);
    }

    [Fact]
    public async Task A_poll_that_finds_something_or_may_not_wait_does_not_wait()
    {
        Begin(events: 3);

        Assert.Equal(2, (await Poll(new ResumePoint(new StreamId("e", 1)), 10)).Events.Count);
        Assert.True((await Poll(new ResumePoint(new StreamId("e", 3)), 0)).IsEmpty);
        Assert.True((await Poll(new ResumePoint(new StreamId("other", 3)), 10)).IsReset);
    }

    [Fact]
    public async Task At_the_end_every_poll_ends_also_one_that_comes_after_it()
    {
        Begin(events: 1);
        var waiting = Poll(new ResumePoint(new StreamId("e", 1)), 1000);

        _feed.Readers.End();

        Assert.True((await waiting.Soon()).IsEmpty);
        Assert.True((await Poll(new ResumePoint(new StreamId("e", 1)), 1000).Soon()).IsEmpty);
    }

    [Fact]
    public async Task All_readers_are_told_however_many_and_places_are_given_again()
    {
        Reader[] readers = [.. Enumerable.Range(0, (ReaderShard.Capacity * (Environment.ProcessorCount + 2)) + 1).Select(static _ => new Reader())];
        var registered = readers.Select(_feed.Readers.Add).ToList();
        registered[0].Dispose();
        registered[ReaderShard.Capacity].Dispose();
        Reader[] late = [new(), new(), new()];
        Array.ForEach(late, reader => _feed.Readers.Add(reader));

        _feed.Readers.Wake();

        Reader[] there = [.. readers.Where((_, index) => index is not (0 or ReaderShard.Capacity)), .. late];
        await Eventually.Async("all are told", () => there.All(static reader => reader.News > 0));
        Assert.Equal((0, 0), (readers[0].News, readers[ReaderShard.Capacity].News));
        _feed.Readers.End();
        Assert.All(there, static reader => Assert.Equal(1, reader.Ends));
        Assert.Equal(0, readers[0].Ends);
    }

    [Fact]
    public void A_wait_forgets_old_news_but_never_its_end()
    {
        var waiter = new FeedWaiter();
        waiter.OnNews();
        Assert.True(waiter.News.IsCompleted);
        waiter.Reset();
        Assert.False(waiter.News.IsCompleted);

        waiter.Stop();
        waiter.Reset();

        Assert.True(waiter.News.IsCompleted);
        Assert.True(waiter.IsOver);
    }

    private static NewEvent Tick(int key) => new("tick", "1"u8.ToArray(), Topic: key, Key: key);

    private static List<string> TakeAll(FeedCursor cursor)
    {
        var taken = new List<string>();

        while (cursor.TryTake(out var next))
        {
            taken.Add(Describe(next));
        }

        return taken;
    }

    private static string Describe(StreamEvent told) => told.Name switch
    {
        "reset" => $"reset {Encoding.UTF8.GetString(told.Data.Span).Split('"')[3]}",
        "status" => $"status {Encoding.UTF8.GetString(told.Data.Span)}",
        _ => $"{told.Name} {told.Id}",
    };

    private void Begin(int events) => _feed.Begin("e", head: 0, [.. Enumerable.Range(0, events).Select(static _ => Tick(0))]);

    private void Publish(int count) => Publish([.. Enumerable.Range(0, count).Select(static _ => Tick(0))]);

    private void Publish(NewEvent[] events) => _feed.Publish(events);

    private Task<PollAnswer> Poll(ResumePoint resume, double seconds, int? topic = null, CancellationToken aborted = default) =>
        _polls.WaitAsync(_feed, topic is { } only ? TopicSet.Of([only]) : TopicSet.All, resume, TimeSpan.FromSeconds(seconds), aborted);

    private sealed class Content : IFeedContent
    {
        public ReadOnlyMemory<byte>? TakeSnapshot(TopicSet topics) => "{}"u8.ToArray();

        public ReadOnlyMemory<byte> DescribeStatus(FeedNotice notice) => Encoding.UTF8.GetBytes(notice.ToString());
    }

    private sealed class Reader : IFeedReader
    {
        private int _news;
        private int _ends;

        public int News => Volatile.Read(ref _news);

        public int Ends => Volatile.Read(ref _ends);

        public void OnNews() => Interlocked.Increment(ref _news);

        public void OnEnd() => Interlocked.Increment(ref _ends);
    }
}
