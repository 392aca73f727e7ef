using System.Net;
using Salon.App.Hosting.Budgets;
using Salon.Http;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>Budgets by session and address, which nobody refills by coming back.</summary>
[Trait("Stage", "fast")]
public class BudgetTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_bucket_has_its_burst_and_then_so_much_a_second()
    {
        var bucket = new TokenBucket(new Rate(3, 2), _time);

        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => bucket.TryTake(out var _)));
        Assert.False(bucket.TryTake(out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(0.5), retryAfter);

        _time.Advance(retryAfter);
        Assert.True(bucket.TryTake(out _));
        Assert.False(bucket.TryTake(out _));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(300)]
    [InlineData(40 / 60.0)]
    public void Who_comes_again_when_they_were_told_to_is_let_in(double perSecond)
    {
        var bucket = new TokenBucket(new Rate(1, perSecond), _time);
        bucket.TryTake(out _);

        for (var i = 0; i < 1000; i++)
        {
            Assert.False(bucket.TryTake(out var retryAfter));
            _time.Advance(retryAfter);
            Assert.True(bucket.TryTake(out _), $"the {i}th time");
        }
    }

    [Fact]
    public void A_bucket_is_never_fuller_than_its_burst()
    {
        var bucket = new TokenBucket(new Rate(2, 1), _time);
        bucket.Return(5);
        _time.Advance(TimeSpan.FromDays(1));

        Assert.True(bucket.IsFull);
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => bucket.TryTake(out var _)));
    }

    [Fact]
    public void What_costs_more_than_there_can_be_is_allowed_when_the_bucket_is_full_and_then_owed()
    {
        var bucket = new TokenBucket(new Rate(10, 10), _time);

        Assert.True(bucket.TryTake(35, out _));
        Assert.False(bucket.TryTake(1, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(2.6), retryAfter);
    }

    [Fact]
    public void What_is_charged_afterwards_is_paid_by_what_is_asked_next()
    {
        var bucket = new TokenBucket(new Rate(10, 10), _time);
        Assert.True(bucket.TryTake(out _));

        bucket.Charge(100);

        Assert.False(bucket.TryTake(out var retryAfter));
        _time.Advance(retryAfter);
        Assert.True(bucket.TryTake(out _));
    }

    [Fact]
    public void A_key_finds_its_budget_as_it_was_left_and_is_forgotten_when_nothing_is_lost_with_it()
    {
        var table = new BudgetTable<string>(new Rate(10, 1), _time);
        Assert.True(table.TryTake("alice", 10, out _));

        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.False(table.TryTake("alice", 10, out _));
        Assert.Equal(1, table.Count);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(table.TryTake("bob", 1, out _));
        Assert.Equal(1, table.Count);
        Assert.True(table.TryTake("alice", 10, out _));
    }

    [Fact]
    public void Who_owes_is_not_forgotten()
    {
        var table = new BudgetTable<string>(new Rate(10, 1), _time);
        table.Charge("alice", 1_000);

        _time.Advance(TimeSpan.FromSeconds(900));
        Assert.True(table.TryTake("bob", 1, out _));

        Assert.False(table.TryTake("alice", 1, out _));
    }

    [Fact]
    public void Keys_that_find_no_place_share_one_bucket_until_there_is_place_again()
    {
        var table = new BudgetTable<int>(new Rate(2, 1), _time, capacity: 3);

        for (var key = 0; key < 3; key++)
        {
            Assert.True(table.TryTake(key, 1, out _));
        }

        Assert.Equal([true, true, false, false], Enumerable.Range(3, 4).Select(key => table.TryTake(key, 1, out _)));
        Assert.True(table.TryTake(0, 1, out _));
        Assert.Equal(3, table.Count);

        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(table.TryTake(7, 2, out _));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void Many_threads_take_no_more_than_there_is()
    {
        var table = new BudgetTable<int>(new Rate(100, 0.001), _time);
        var taken = 0;

        Parallel.For(0, 1_000, number =>
        {
            if (table.TryTake(number % 2, 1, out _))
            {
                Interlocked.Increment(ref taken);
            }
        });

        Assert.Equal(200, taken);
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void Sessions_of_an_address_share_its_budget_and_other_addresses_have_their_own()
    {
        var budget = new ClientBudget(new Rate(3, 1), new Rate(5, 1), _time);

        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => budget.TryTake(Key("a", "10.0.0.1"), 1, out var _)));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => budget.TryTake(Key("b", "10.0.0.1"), 1, out var _)));
        Assert.True(budget.TryTake(Key("c", "10.0.0.2"), 1, out _));
    }

    [Fact]
    public void What_the_address_does_not_allow_is_not_the_sessions_to_pay()
    {
        var budget = new ClientBudget(new Rate(2, 0.001), new Rate(2, 2), _time);
        Assert.True(budget.TryTake(Key("a", "10.0.0.1"), 2, out _));

        Assert.False(budget.TryTake(Key("b", "10.0.0.1"), 1, out var retryAfter));
        Assert.False(budget.TryTake(Key("b", "10.0.0.1"), 1, out _));
        _time.Advance(retryAfter);

        Assert.True(budget.TryTake(Key("b", "10.0.0.1"), 1, out _));
    }

    [Fact]
    public void All_addresses_of_a_network_of_64_bits_are_one()
    {
        var budget = new ClientBudget(new Rate(10, 1), new Rate(2, 1), _time);

        Assert.True(budget.TryTake(Key("a", "2001:db8:1:2::1"), 1, out _));
        Assert.True(budget.TryTake(Key("b", "2001:db8:1:2:ffff::2"), 1, out _));
        Assert.False(budget.TryTake(Key("c", "2001:db8:1:2:3:4:5:6"), 1, out _));
        Assert.True(budget.TryTake(Key("d", "2001:db8:1:3::1"), 1, out _));
    }

    [Fact]
    public void A_door_counts_what_is_open_and_how_fast_it_is_opened()
    {
        var door = new AddressDoor(maxPerAddress: 2, maxTotal: 3, new Rate(4, 1), _time);
        var (one, two, three) = (Address("10.0.0.1"), Address("10.0.0.2"), Address("10.0.0.3"));

        Assert.Equal([DoorVerdict.Open, DoorVerdict.Open, DoorVerdict.TooManyOfAddress], Enumerable.Range(0, 3).Select(_ => door.TryEnter(one, out var _)));
        Assert.Equal(DoorVerdict.Open, door.TryEnter(two, out _));
        Assert.Equal(DoorVerdict.Full, door.TryEnter(three, out var retryAfter));
        Assert.True(retryAfter > TimeSpan.Zero);

        door.Leave(one);
        Assert.Equal(2, door.Count);
        Assert.Equal(DoorVerdict.Open, door.TryEnter(one, out _));
        door.Leave(one);
        Assert.Equal(DoorVerdict.TooManyOfAddress, door.TryEnter(one, out retryAfter));
        _time.Advance(retryAfter);
        Assert.Equal(DoorVerdict.Open, door.TryEnter(one, out _));
    }

    private static ClientKey Key(string session, string address) => new(session, Address(address));

    private static ClientAddress Address(string address) => ClientAddress.Of(IPAddress.Parse(address));
}
