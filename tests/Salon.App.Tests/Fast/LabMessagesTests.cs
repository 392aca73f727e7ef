using Salon.App.Lab;
using Salon.App.Lab.Delivery;
using Salon.App.Lab.Traffic;
using Salon.App.Streaming;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>The messages of a run, <see cref="LabMessages"/>, under a clock that the test turns.</summary>
[Trait("Stage", "fast")]
public class LabMessagesTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void As_many_messages_are_made_as_the_rate_says()
    {
        var run = Begin(new LabSettings(Rate: 20));

        Turn(run, TimeSpan.FromSeconds(5));

        Assert.InRange(run.Messages.Current.Head, 99, 102);
    }

    [Fact]
    public void A_message_is_told_when_its_delay_is_over()
    {
        var run = Begin(new LabSettings(Rate: 10, Delay: 500));

        Turn(run, TimeSpan.FromMilliseconds(400));
        Assert.Equal(0, run.Messages.Current.Head);

        Turn(run, TimeSpan.FromMilliseconds(600));
        Assert.InRange(run.Messages.Current.Head, 5, 7);
    }

    [Fact]
    public void A_change_of_the_rate_loses_nothing_for_who_reads()
    {
        var run = Begin(new LabSettings(Rate: 10));
        var reader = new LabReader(run, LabTechnique.ShortPolling, ResumePoint.Start);
        Turn(run, TimeSpan.FromSeconds(3));
        run.Settings = new LabSettings(Rate: 100);
        Turn(run, TimeSpan.FromSeconds(1));

        var numbers = Read(reader);

        Assert.Null(reader.Reset);
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(static i => (long)i), numbers);
        Assert.True(numbers.Count > 120);
    }

    [Fact]
    public void Who_stays_away_too_long_is_told_of_the_gap_and_gets_what_there_is()
    {
        var run = Begin(new LabSettings(Rate: 10));
        var reader = new LabReader(run, LabTechnique.ShortPolling, ResumePoint.Start);

        Turn(run, TimeSpan.FromSeconds(60));
        var numbers = Read(reader);

        Assert.Equal(ResetReason.Gap, reader.Reset);
        Assert.Equal(200, numbers.Count);
        Assert.Equal(run.Messages.Current.Head, numbers[^1]);
    }

    [Fact]
    public void Loss_hits_about_as_many_as_it_says_and_always_the_same()
    {
        var hits = Enumerable.Range(1, 100_000).Where(static sequence => LabLoss.Hits(sequence, 20)).ToList();

        Assert.InRange(hits.Count, 1_800, 2_200);
        Assert.Equal(hits, Enumerable.Range(1, 100_000).Where(static sequence => LabLoss.Hits(sequence, 20)));
        Assert.DoesNotContain(Enumerable.Range(1, 1_000), static sequence => LabLoss.Hits(sequence, 0));
    }

    [Fact]
    public void A_message_breaks_a_technique_once()
    {
        var run = Begin(new LabSettings(Rate: 100, Loss: 100));
        var reader = new LabReader(run, LabTechnique.EventStream, ResumePoint.Start);
        Turn(run, TimeSpan.FromSeconds(1));

        var broken = new List<long>();
        var read = new List<long>();

        while (reader.TryRead(out var next, out var breaks))
        {
            (breaks ? broken : read).Add(next.Sequence);
        }

        Assert.NotEmpty(broken);
        Assert.Equal(broken.Count, broken.Distinct().Count());
        Assert.Equal(Enumerable.Range(1, read.Count).Select(static i => (long)i), read);
    }

    private static List<long> Read(LabReader reader)
    {
        var numbers = new List<long>();

        while (reader.TryRead(out var next, out _))
        {
            numbers.Add(next.Sequence);
        }

        return numbers;
    }

    private LabRun Begin(LabSettings settings) => new("run", settings, new TrackedConnections(), _time);

    private void Turn(LabRun run, TimeSpan time)
    {
        for (var turned = TimeSpan.Zero; turned < time; turned += TimeSpan.FromMilliseconds(5))
        {
            _time.Advance(TimeSpan.FromMilliseconds(5));
            run.Advance();
        }
    }
}
