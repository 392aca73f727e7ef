using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Salon.App.Streaming;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>One event stream over a pipe, <see cref="SseStream"/>: its heartbeat, its end, and what a reader gets that does not read.</summary>
[Trait("Stage", "fast")]
public sealed class SseStateTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1000, resumeWriterThreshold: 500, useSynchronizationContext: false, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline));
    private readonly EventFeed _feed;
    private readonly SseStreams _streams;
    private readonly SseStream _stream;
    private int _aborts;

    public SseStateTests()
    {
        _feed = new EventFeed(new FeedOptions("test", Capacity: 100, MaxLead: 2), new Content(), new FeedMetrics(_services.GetRequiredService<IMeterFactory>(), "test"));
        _streams = new SseStreams(_time, new SseOptions { LifetimeJitter = 0, MinRetryMilliseconds = 3000, MaxRetryMilliseconds = 3000 }, NullLogger<SseStreams>.Instance);
        _stream = new SseStream(new FeedCursor(_feed, TopicSet.All, ResumePoint.Start), _pipe.Writer, _streams, () => _aborts++);
    }

    public void Dispose()
    {
        _streams.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void It_begins_with_when_to_come_back_and_goes_on_with_what_there_is_and_what_is_new()
    {
        Begin();
        _stream.OnNews();
        Assert.Equal("", Read());

        _stream.Start();
        Assert.Equal("retry: 3000|snapshot e-0", Read());
        Publish("a");
        Publish("b");
        Assert.Equal("a e-1|b e-2", Read());
        _stream.OnNews();
        Assert.Equal("", Read());
    }

    [Fact]
    public void It_is_never_silent_for_longer_and_a_beat_says_where_the_reader_is()
    {
        _stream.Start();
        Read();
        _time.Advance(TimeSpan.FromSeconds(14.999));
        Assert.Equal("", Read());
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(": heartbeat", Read());

        Begin();
        _stream.OnNews();
        Publish("a");
        Read();
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(": heartbeat e-1", Read());
    }

    [Fact]
    public void It_ends_when_its_time_is_over_and_nothing_comes_after_that()
    {
        Begin();
        _stream.Start();

        for (var i = 0; i < 39; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            Assert.False(_stream.Ended.IsCompleted);
            Assert.NotEqual("", Read());
        }

        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.True(_stream.Ended.IsCompletedSuccessfully);
        Read();
        Publish("late");
        _stream.OnEnd();
        _stream.Close();
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(("", 0), (Read(), _aborts));
    }

    [Fact]
    public void A_reader_that_does_not_read_is_given_no_more_and_then_the_newest_of_each()
    {
        Begin();
        _stream.Start();
        Read();
        Publish(new string('x', 2000));

        for (var i = 0; i < 5; i++)
        {
            Publish("quote", key: 1);
            Publish("news");
        }

        _time.Advance(TimeSpan.FromSeconds(15));
        var blocked = Read();
        var then = Read();

        Assert.StartsWith("xxx", blocked);
        Assert.DoesNotContain("|", blocked);
        Assert.Equal(["status", "news e-3", "news e-5", "news e-7", "news e-9", "quote e-10", "news e-11", ": heartbeat e-11"], then.Split('|'));
        Assert.Equal("", Read());
    }

    [Fact]
    public void The_end_cuts_off_who_does_not_read_once_and_lets_go_who_does()
    {
        Begin();
        _stream.Start();
        Read();
        Publish(new string('x', 2000));

        _stream.End();
        Assert.Equal(1, _aborts);
        _stream.Close();
        _stream.End();
        Assert.Equal(1, _aborts);

        // What it waits for comes after all.
        Read();
        Assert.True(_stream.Ended.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_client_that_goes_ends_it()
    {
        Begin();
        _stream.Start();

        _pipe.Reader.Complete();
        Publish("a");

        Assert.True(_stream.Ended.IsCompletedSuccessfully);
        _stream.Close();
        _stream.End();
        Assert.Equal(0, _aborts);
    }

    [Fact]
    public void What_goes_wrong_in_writing_is_what_it_ends_with()
    {
        Begin();
        _stream.Start();

        _pipe.Writer.Complete();
        Publish("a");

        Assert.True(_stream.Ended.IsFaulted);
        _stream.OnNews();
        _stream.Close();
    }

    [Fact]
    public void Streams_that_begin_together_neither_end_nor_come_back_together()
    {
        using var streams = new SseStreams(_time, new SseOptions(), NullLogger<SseStreams>.Instance);
        var ends = Enumerable.Range(0, 200).Select(_ => TimeSpan.FromTicks(streams.ChooseEnd() - _time.GetTimestamp()).TotalMinutes).ToList();
        var retries = Enumerable.Range(0, 200).Select(_ => Encoding.ASCII.GetString(streams.CreateRetry())).ToList();

        Assert.InRange(ends.Min(), 9, 9.5);
        Assert.InRange(ends.Max(), 10.5, 11);
        Assert.All(retries, static retry => Assert.InRange(int.Parse(retry.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), 2000, 6000));
        Assert.True(retries.Distinct().Count() > 100);
        var end = streams.ChooseEnd();
        Assert.False(streams.IsOver(end));
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.True(streams.IsOver(end));
    }

    private void Begin() => _feed.Begin("e", head: 0);

    private void Publish(string name, int key = -1)
    {
        _feed.Publish([key < 0 ? new NewEvent(name, "1"u8.ToArray()) : new NewEvent(name, "1"u8.ToArray(), Key: key)]);
        _stream.OnNews();
    }

    /// <summary>Takes what there is: the name and the id of each event, and the rest as it is.</summary>
    private string Read()
    {
        if (!_pipe.Reader.TryRead(out var read))
        {
            return "";
        }

        var text = Encoding.UTF8.GetString(read.Buffer);
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return string.Join('|', text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(Describe));
    }

    private static string Describe(string block)
    {
        var fields = block.Split('\n');
        var name = fields.FirstOrDefault(static field => field.StartsWith("event: ", StringComparison.Ordinal))?["event: ".Length..];
        var id = fields.FirstOrDefault(static field => field.StartsWith("id: ", StringComparison.Ordinal))?["id: ".Length..];
        return id is null ? name ?? block : $"{name ?? fields[0]} {id}";
    }

    private sealed class Content : IFeedContent
    {
        public ReadOnlyMemory<byte>? TakeSnapshot(TopicSet topics) => "{}"u8.ToArray();

        public ReadOnlyMemory<byte> DescribeStatus(FeedNotice notice) => "{}"u8.ToArray();
    }
}
