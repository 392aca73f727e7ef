using System.Net;
using Salon.Redis.Routing;
using Salon.Tests;

namespace Salon.Redis.Tests.Fast;

/// <summary>Servers of a cluster hear of a move one after the other, and whoever asks them must not go back and forth.</summary>
[Trait("Stage", "fast")]
public class CurrentMapTests
{
    private const int Slot = 7;

    private static readonly DnsEndPoint Old = new("127.0.0.1", 1);
    private static readonly DnsEndPoint New = new("127.0.0.1", 2);

    private readonly ManualTimeProvider _time = new();
    private readonly CurrentMap _current;

    public CurrentMapTests() => _current = new CurrentMap(_time);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whoever_has_not_heard_of_a_move_does_not_bring_back_the_old_server(bool isToldByServer)
    {
        _current.Replace(Map(Old));

        if (isToldByServer)
        {
            _current.Learn(Slot, New);
        }
        else
        {
            _current.Replace(Map(New));
        }

        Assert.Equal(New, _current.Value![Slot]);
        _time.Advance(TimeSpan.FromSeconds(1));
        _current.Replace(Map(Old));
        Assert.Equal(New, _current.Value[Slot]);
        Assert.Contains(New, _current.Value.Masters);

        // By then all have heard of it: it has moved back.
        _time.Advance(TimeSpan.FromSeconds(3));
        _current.Replace(Map(Old));
        Assert.Equal(Old, _current.Value[Slot]);
    }

    [Fact]
    public void A_server_that_says_where_a_slot_is_knows_better_than_a_map()
    {
        _current.Replace(Map(Old));
        _current.Replace(Map(New));

        _current.Learn(Slot, Old);
        _current.Replace(Map(New));

        Assert.Equal(Old, _current.Value![Slot]);
    }

    private static ClusterMap Map(DnsEndPoint master)
    {
        var map = new ClusterMap();
        map.Assign(Slot, master);
        return map;
    }
}
