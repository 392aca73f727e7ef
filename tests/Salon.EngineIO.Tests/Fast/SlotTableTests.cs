using Salon.EngineIO.EventLoops;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>The places of a loop's sockets: an event that comes too late finds nobody.</summary>
[Trait("Stage", "fast")]
public class SlotTableTests
{
    [Fact]
    public void A_place_is_given_again_and_an_event_of_the_one_before_does_not_find_the_one_after()
    {
        var table = new SlotTable();
        var (first, second) = (new Member(), new Member());
        var before = table.Add(first);

        table.Remove(before);
        var after = table.Add(second);

        Assert.Equal(before.Index, after.Index);
        Assert.Null(table.Find(before));
        Assert.Same(second, table.Find(after));
    }

    [Fact]
    public void Removing_twice_or_too_late_takes_nobody_elses_place()
    {
        var table = new SlotTable();
        var before = table.Add(new Member());
        table.Remove(before);
        table.Remove(before);

        var (one, other) = (new Member(), new Member());
        var (placeOfOne, placeOfOther) = (table.Add(one), table.Add(other));
        table.Remove(before);

        Assert.NotEqual(placeOfOne.Index, placeOfOther.Index);
        Assert.Same(one, table.Find(placeOfOne));
        Assert.Same(other, table.Find(placeOfOther));
    }

    [Fact]
    public void It_grows_with_those_that_are_there_at_once_and_not_with_those_that_were()
    {
        var table = new SlotTable();

        for (var i = 0; i < 1000; i++)
        {
            var slot = table.Add(new Member());
            Assert.Equal(0, slot.Index);
            table.Remove(slot);
        }

        Member[] members = [.. Enumerable.Range(0, 1000).Select(static _ => new Member())];
        LoopSlot[] slots = [.. members.Select(table.Add)];

        Assert.Equal(1000, slots.Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 1000), slots.Select(static slot => slot.Index).Order());
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Same(members[i], table.Find(slots[i])));
        Assert.Equal(1000, table.Copy().Count);
        Array.ForEach(slots, table.Remove);
        Assert.Empty(table.Copy());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(7, -1)]
    [InlineData(7, int.MinValue)]
    public void The_kernel_gives_back_the_place_that_it_was_given(int index, int generation) =>
        Assert.Equal(new LoopSlot(index, generation), LoopSlot.FromData(new LoopSlot(index, generation).ToData()));

    private sealed class Member : ILoopMember
    {
        public void OnEvents(uint events)
        {
        }

        public void Abort()
        {
        }
    }
}
