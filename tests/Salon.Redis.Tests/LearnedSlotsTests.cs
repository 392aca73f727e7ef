using System.Net;
using Salon.Redis.Routing;
using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>Servers of a cluster hear of a move one after the other, and whoever asks them must not go back and forth.</summary>
[Trait("Stage", "fast")]
public class LearnedSlotsTests
{
    private const int Slot = 7;

    private static readonly DnsEndPoint Old = new("127.0.0.1", 1);
    private static readonly DnsEndPoint New = new("127.0.0.1", 2);

    private readonly ManualTimeProvider _time = new();
    private readonly LearnedSlots _learned;

    public LearnedSlotsTests() => _learned = new LearnedSlots(_time);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whoever_has_not_heard_of_a_move_does_not_bring_back_the_old_server(bool isToldByServer)
    {
        var map = Apply(Map(Old), null);

        if (isToldByServer)
        {
            _learned.Learn(Slot, New);
            map[Slot] = New;
        }
        else
        {
            map = Apply(Map(New), map);
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        map = Apply(Map(Old), map);
        Assert.Equal(New, map[Slot]);
        Assert.Contains(New, map.Masters);

        // By then all have heard of it: it has moved back.
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(Old, Apply(Map(Old), map)[Slot]);
    }

    [Fact]
    public void A_server_that_says_where_a_slot_is_knows_better_than_a_map()
    {
        var map = Apply(Map(New), Map(Old));

        _learned.Learn(Slot, Old);

        Assert.Equal(Old, Apply(Map(New), map)[Slot]);
    }

    private static ClusterMap Map(DnsEndPoint master)
    {
        var map = new ClusterMap();
        map.Assign(Slot, master);
        return map;
    }

    private ClusterMap Apply(ClusterMap map, ClusterMap? before)
    {
        _learned.ApplyTo(map, before);
        return map;
    }
}
