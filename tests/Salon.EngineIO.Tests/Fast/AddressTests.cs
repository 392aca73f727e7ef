using System.Net;
using Salon.Http;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>What counts as one client's address, and how many of something each holds.</summary>
[Trait("Stage", "fast")]
public class AddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "127.0.0.2", false)]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("fe80::1%1", "fe80::1%2", true)]
    // The same 64 bits as a number, and another family.
    [InlineData("0.0.0.0", "::1", false)]
    [InlineData("0.0.0.1", "0:0:0:1::", false)]
    public void Two_addresses_are_one_clients_when_one_client_can_have_both(string one, string other, bool isSame) =>
        Assert.Equal(isSame, Of(one) == Of(other));

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("::1", "::/64")]
    public void It_is_written_as_what_it_stands_for(string address, string text) => Assert.Equal(text, Of(address).ToString());

    [Fact]
    public void Who_has_no_address_is_counted_like_any_other()
    {
        var counts = new AddressCounts(maxPerAddress: 1, maxTotal: 10);

        Assert.Equal(AddressVerdict.Counted, counts.TryAdd(ClientAddress.Of(null)));
        Assert.Equal(AddressVerdict.TooManyOfAddress, counts.TryAdd(ClientAddress.Of(null)));
    }

    [Fact]
    public void An_address_at_its_limit_takes_no_place_from_others_and_one_that_leaves_makes_room()
    {
        var counts = new AddressCounts(maxPerAddress: 2, maxTotal: 3);
        counts.TryAdd(Of("192.0.2.1"));
        counts.TryAdd(Of("192.0.2.1"));

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(AddressVerdict.TooManyOfAddress, counts.TryAdd(Of("192.0.2.1")));
        }

        Assert.Equal(2, counts.Total);
        Assert.Equal(AddressVerdict.Counted, counts.TryAdd(Of("192.0.2.2")));
        Assert.Equal(AddressVerdict.TooManyInTotal, counts.Look(Of("192.0.2.3")));
        Assert.Equal(AddressVerdict.TooManyInTotal, counts.TryAdd(Of("192.0.2.3")));

        counts.Remove(Of("192.0.2.1"));
        Assert.Equal(AddressVerdict.Counted, counts.Look(Of("192.0.2.1")));
        Assert.Equal(AddressVerdict.Counted, counts.TryAdd(Of("192.0.2.1")));
        Assert.Equal(3, counts.Total);
    }

    [Fact]
    public void Looking_counts_nothing()
    {
        var counts = new AddressCounts(maxPerAddress: 1, maxTotal: 1);

        Assert.Equal(AddressVerdict.Counted, counts.Look(Of("192.0.2.1")));
        Assert.Equal(AddressVerdict.Counted, counts.Look(Of("192.0.2.1")));
        Assert.Equal(0, counts.Total);
    }

    [Fact]
    public void Amounts_count_as_so_many_and_are_given_back_as_such()
    {
        var counts = new AddressCounts(maxPerAddress: 10, maxTotal: 15);

        Assert.Equal(AddressVerdict.Counted, counts.TryAdd(Of("192.0.2.1"), 4));
        Assert.Equal(AddressVerdict.Counted, counts.TryAdd(Of("192.0.2.1"), 6));
        Assert.Equal(AddressVerdict.TooManyOfAddress, counts.TryAdd(Of("192.0.2.1"), 1));
        Assert.Equal(AddressVerdict.TooManyInTotal, counts.TryAdd(Of("192.0.2.2"), 6));
        Assert.Equal(AddressVerdict.Counted, counts.TryAdd(Of("192.0.2.2"), 5));
        Assert.Equal(15, counts.Total);

        counts.Remove(Of("192.0.2.1"), 6);
        Assert.Equal(4, counts.Count(Of("192.0.2.1")));
        counts.Remove(Of("192.0.2.1"), 4);
        counts.Remove(Of("192.0.2.2"), 5);
        Assert.Equal((0, 0), (counts.Total, counts.Count(Of("192.0.2.1"))));
    }

    [Fact]
    public void A_limit_of_nothing_lets_nobody_in()
    {
        Assert.Equal(AddressVerdict.TooManyOfAddress, new AddressCounts(0, 5).TryAdd(Of("192.0.2.1")));
        Assert.Equal(AddressVerdict.TooManyInTotal, new AddressCounts(5, 0).TryAdd(Of("192.0.2.1")));
    }

    [Fact]
    public async Task However_many_come_and_go_at_once_no_limit_is_passed_and_all_is_given_back()
    {
        var counts = new AddressCounts(maxPerAddress: 3, maxTotal: 5);
        ClientAddress[] addresses = [Of("192.0.2.1"), Of("2001:db8::1")];
        int[] held = [0, 0];
        var most = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            var own = worker % 2;

            for (var i = 0; i < 20_000; i++)
            {
                if (counts.TryAdd(addresses[own]) == AddressVerdict.Counted)
                {
                    InterlockedMax(ref most, Interlocked.Increment(ref held[own]));
                    Interlocked.Decrement(ref held[own]);
                    counts.Remove(addresses[own]);
                }
            }
        })));

        Assert.InRange(most, 1, 3);
        Assert.Equal(0, counts.Total);
        Assert.Equal(5, Enumerable.Range(0, 5).Count(i => counts.TryAdd(addresses[i % 2]) == AddressVerdict.Counted));
    }

    private static ClientAddress Of(string address) => ClientAddress.Of(IPAddress.Parse(address));

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
