using Salon.SocketIO.Redis.Streams;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>Which numbers of a sender were read: each is new once.</summary>
[Trait("Stage", "fast")]
public sealed class SeenNumbersTests
{
    private readonly SeenNumbers _seen = new();

    [Fact]
    public void What_comes_in_order_is_new_once_and_what_is_written_again_is_not()
    {
        Assert.Equal(Enumerable.Range(1, 100).Select(static number => (long)number), Take(Enumerable.Range(1, 100)));
        Assert.Empty(Take(Enumerable.Range(1, 100)));
        Assert.Equal([101], Take([50, 99, 100, 101, 1]));
    }

    [Fact]
    public void A_gap_that_is_filled_later_makes_nothing_behind_it_new_again()
    {
        Take([1, 2, 3, 7, 8, 9]);

        Assert.Equal([4, 5, 6, 10], Take([4, 5, 6, 7, 8, 9, 10]));
    }

    [Fact]
    public void A_number_just_before_a_run_that_is_known_closes_the_gap_from_behind()
    {
        Take([5, 6, 7]);

        Assert.Equal([4, 3, 8], Take([4, 3, 3, 4, 5, 6, 7, 8]));
    }

    [Fact]
    public void Numbers_in_any_order_are_new_once_as_long_as_there_are_few_gaps()
    {
        // Blocks of ten in another order: never more than eight runs.
        var order = new[] { 3, 1, 6, 2, 0, 5, 7, 4 }.SelectMany(static block => Enumerable.Range(block * 10, 10)).ToList();

        Assert.Equal(80, Take(order).Count);
        Assert.Empty(Take(order));
        Assert.Empty(Take(Enumerable.Range(0, 80).Reverse()));
    }

    [Fact]
    public void Numbers_out_of_all_order_hide_none_that_come_after_them_and_the_run_that_grows_is_kept()
    {
        Take([1, 2]);
        Assert.Single(Take([(int)1e9]));
        Assert.Equal([3, 4], Take([3, 4]));

        for (var i = 0; i < 100; i++)
        {
            Take([1_000_000 + (10 * i), 5 + i]);
        }

        Assert.Empty(Take(Enumerable.Range(1, 104)));
        Assert.True(_seen.TryAdd(105));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(0)]
    public void The_first_and_the_last_number_there_is_are_new_once(long number)
    {
        Assert.True(_seen.TryAdd(number));
        Assert.False(_seen.TryAdd(number));
        Assert.True(_seen.TryAdd(number == long.MaxValue ? number - 1 : number + 1));
        Assert.False(_seen.TryAdd(number));
    }

    private List<long> Take(IEnumerable<int> numbers) => [.. numbers.Select(static number => (long)number).Where(_seen.TryAdd)];
}
