using Salon.App.Chat.Cluster;
using Salon.Redis;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>What other programs say is stored once for each time that they say it, whichever nodes there are. Real Redis, our clock.</summary>
public sealed class OutsideMessageTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private RedisServer _server = null!;
    private RedisClient _redis = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _redis = new RedisClient(RedisOptions.Parse(_server.Url));
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(59)]
    public async Task A_program_that_repeats_itself_is_heard_every_time_and_once(int seconds)
    {
        Node[] nodes = [Join("a"), Join("b")];

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(1, await CountStoredAsync(nodes[i % 2], nodes[(i + 1) % 2]));
            _time.Advance(TimeSpan.FromSeconds(seconds));
        }
    }

    [Fact]
    public async Task A_node_that_is_behind_with_its_work_stores_nothing_again()
    {
        var (quick, slow) = (Join("quick"), Join("slow"));

        Assert.Equal([true, true, true, true, true], await HearAsync(quick, 5));
        Assert.Equal([false, false, false, false, false, true], await HearAsync(slow, 6));
        Assert.Equal([false, true], await HearAsync(quick, 2));
    }

    [Fact]
    public async Task A_node_that_comes_later_or_has_missed_some_stores_nothing_twice()
    {
        var first = Join("first");
        await HearAsync(first, 10);
        var late = Join("late");

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(1, i < 10 ? await CountStoredAsync(late, first) : await CountStoredAsync(first, late));
        }
    }

    [Fact]
    public async Task A_node_that_counted_too_low_goes_on_alone_once_nobody_can_mean_what_was_claimed()
    {
        var (ended, late) = (Join("ended"), Join("late"));
        await HearAsync(ended, 10);
        Assert.Equal([false], await HearAsync(late, 1));

        // What was claimed is too old for anybody to be that far behind: from now on, each is a new one.
        Assert.Equal([true, true, true], await HearAsync(late, 3, TimeSpan.Zero));
        Assert.Equal([true], await HearAsync(late, 1));
        Assert.Equal(1, await CountStoredAsync(ended, late));
    }

    [Fact]
    public async Task What_was_not_said_for_long_begins_anew_and_is_stored_once()
    {
        var (one, other) = (Join("one"), Join("other"));
        await HearAsync(one, 3);
        await HearAsync(other, 3);
        _time.Advance(OutsideIds.Memory + TimeSpan.FromSeconds(1));

        Assert.Equal([true], await HearAsync(one, 1, TimeSpan.Zero));
        Assert.Equal([false], await HearAsync(other, 1));
        Assert.Equal(1, await CountStoredAsync(other, one));
        Assert.Equal(1, await CountStoredAsync(one, other));
    }

    [Fact]
    public async Task What_others_say_is_counted_for_itself_and_Redis_forgets_it()
    {
        var node = Join("a");

        Assert.True(await node.HearAsync("one"));
        Assert.True(await node.HearAsync("two"));
        Assert.True(await Join("b").HearAsync("three"));
        Assert.False(await Join("c").HearAsync("two"));

        foreach (var key in (await _redis.ExecuteAsync(RedisCommand.Create("KEYS", "salon:outside:*"))).Items)
        {
            Assert.InRange((await _redis.ExecuteAsync(RedisCommand.Create("PTTL", key.Text!))).Number, 1, 120_000);
        }
    }

    private Node Join(string name) => new(new OutsideIds(_time), new OutsideClaims(_redis, name));

    private static async Task<int> CountStoredAsync(params Node[] nodes)
    {
        var stored = 0;

        foreach (var node in nodes)
        {
            stored += await node.HearAsync("again") ? 1 : 0;
        }

        return stored;
    }

    private static async Task<List<bool>> HearAsync(Node node, int times, TimeSpan? claim = null)
    {
        var stored = new List<bool>();

        for (var i = 0; i < times; i++)
        {
            stored.Add(await node.HearAsync("again", claim));
        }

        return stored;
    }

    private sealed record Node(OutsideIds Ids, OutsideClaims Claims)
    {
        public async Task<bool> HearAsync(string payload, TimeSpan? claim = null)
        {
            var (isOurs, id) = await Claims.TryClaimAsync(Ids.Next(System.Text.Encoding.UTF8.GetBytes(payload)), claim ?? OutsideClaims.Claim);
            Ids.Correct(id);
            return isOurs;
        }
    }
}
