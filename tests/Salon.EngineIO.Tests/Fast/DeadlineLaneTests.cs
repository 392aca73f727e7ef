using Salon.Timing;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>Deadlines of one length, in order: <see cref="DeadlineLane"/>.</summary>
[Trait("Stage", "fast")]
public class DeadlineLaneTests
{
    [Fact]
    public void A_lane_stays_whole_and_in_order_whatever_comes_a_little_late_and_whatever_is_taken_out()
    {
        var (lane, random, there) = (new DeadlineLane(delay: 100), new Random(7), new List<Nothing>());

        for (var now = 0; now < 3000; now++)
        {
            if (there.Count == 0 || random.Next(5) > 1)
            {
                var added = new Nothing();
                lane.Add(added, now - random.Next(20));
                there.Add(added);
            }
            else
            {
                var removed = there[random.Next(there.Count)];
                lane.Remove(removed);
                there.Remove(removed);
                Assert.True(removed is { Lane: null, Previous: null, Next: null });
            }

            Assert.Equal(there.Count, CountInOrder(lane));
        }
    }

    private static int CountInOrder(DeadlineLane lane)
    {
        var count = 0;
        Deadline? previous = null;

        for (var deadline = lane.First; deadline is not null; deadline = deadline.Next)
        {
            Assert.Same(previous, deadline.Previous);
            Assert.True(previous is null || previous.DueAt <= deadline.DueAt);
            (previous, count) = (deadline, count + 1);
        }

        return count;
    }

    private sealed class Nothing : Deadline
    {
        protected internal override void OnDue()
        {
        }
    }
}
