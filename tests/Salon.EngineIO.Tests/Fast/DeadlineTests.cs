using Salon.Supervision;
using Salon.Tests;
using Salon.Timing;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>All deadlines of a server on one timer.</summary>
[Trait("Stage", "fast")]
public class DeadlineTests
{
    [Fact]
    public void A_deadline_that_throws_ends_neither_the_others_of_its_round_nor_those_that_follow()
    {
        var time = new ManualTimeProvider();
        var logs = new LogWatcher();
        using var deadlines = new DeadlineScheduler(time, new Guard(logs.CreateLogger("deadlines")));
        var due = new List<string>();

        foreach (var name in new[] { "first", "throws", "last" })
        {
            deadlines.Schedule(new Named(name, due), TimeSpan.FromSeconds(1));
        }

        deadlines.Schedule(new Named("later", due), TimeSpan.FromSeconds(2));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["first", "throws", "last"], due);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["first", "throws", "last", "later"], due);
        Assert.Equal("throws", Assert.Single(logs.Entries).Exception!.Message);
    }

    private sealed class Named(string name, List<string> due) : Deadline
    {
        protected internal override void OnDue()
        {
            due.Add(name);

            if (name == "throws")
            {
                throw new InvalidOperationException(name);
            }
        }
    }
}
