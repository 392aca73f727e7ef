using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>Every command that has a method of its own, against a real server.</summary>
public class CommandGroupTests(SharedRedis shared) : IClassFixture<SharedRedis>
{
    private readonly RedisClient _redis = shared.Client;

    [Fact]
    public async Task Values_are_stored_read_and_removed()
    {
        Assert.Null(await _redis.GetAsync("value").Soon());
        Assert.True(await _redis.SetAsync("value", "€").Soon());
        Assert.Equal("€", TestClient.Text((await _redis.GetAsync("value").Soon())!.Value));
        Assert.False(await _redis.SetAsync("value", 5, condition: SetCondition.IfMissing).Soon());
        Assert.True(await _redis.SetAsync("value", 5, condition: SetCondition.IfPresent).Soon());
        Assert.Equal(7, await _redis.IncrementAsync("value", 2).Soon());
        Assert.True(await _redis.DeleteAsync("value").Soon());
        Assert.False(await _redis.DeleteAsync("value").Soon());
        Assert.False(await _redis.SetAsync("value", 5, condition: SetCondition.IfPresent).Soon());
    }

    [Fact]
    public async Task An_empty_value_is_not_nothing()
    {
        await _redis.SetAsync("empty", "").Soon();

        Assert.Equal(0, (await _redis.GetAsync("empty").Soon())!.Value.Length);
    }

    [Fact]
    public async Task A_large_value_comes_back_as_it_was()
    {
        var value = new byte[3_000_000];
        Random.Shared.NextBytes(value);

        await _redis.SetAsync("large", value).Soon();

        Assert.True((await _redis.GetAsync("large").Soon())!.Value.Span.SequenceEqual(value));
    }

    [Fact]
    public async Task Values_go_when_their_time_is_over()
    {
        await _redis.SetAsync("short", "x", TimeSpan.FromMilliseconds(20)).Soon();
        await _redis.SetAsync("shortened", "x").Soon();
        Assert.True(await _redis.ExpireAsync("shortened", TimeSpan.FromMilliseconds(20)).Soon());
        Assert.False(await _redis.ExpireAsync("missing", TimeSpan.FromSeconds(1)).Soon());

        await Eventually.Async("both are gone", async () => await _redis.GetAsync("short") is null && await _redis.GetAsync("shortened") is null);
    }

    [Fact]
    public async Task Hashes_have_fields()
    {
        Assert.True(await _redis.HashSetAsync("hash", "a", 1).Soon());
        Assert.False(await _redis.HashSetAsync("hash", "a", 2).Soon());
        Assert.Equal(1, await _redis.HashSetAsync("hash", [new("a", TestClient.Bytes("3")), new("b", TestClient.Bytes("4"))]).Soon());
        Assert.Equal("3", TestClient.Text((await _redis.HashGetAsync("hash", "a").Soon())!.Value));
        Assert.Null(await _redis.HashGetAsync("hash", "missing").Soon());

        var all = await _redis.HashGetAllAsync("hash").Soon();
        Assert.Equal(["a=3", "b=4"], all.Select(static field => $"{field.Key}={TestClient.Text(field.Value)}").Order());

        Assert.True(await _redis.HashDeleteAsync("hash", "a").Soon());
        Assert.False(await _redis.HashDeleteAsync("hash", "a").Soon());
        Assert.Empty(await _redis.HashGetAllAsync("no hash").Soon());
    }

    [Fact]
    public async Task Sets_have_members()
    {
        Assert.True(await _redis.SetAddAsync("set", "a").Soon());
        Assert.False(await _redis.SetAddAsync("set", "a").Soon());
        Assert.True(await _redis.SetAddAsync("set", "b").Soon());
        Assert.Equal(["a", "b"], (await _redis.SetMembersAsync("set").Soon()).Order());
        Assert.True(await _redis.SetRemoveAsync("set", "a").Soon());
        Assert.False(await _redis.SetRemoveAsync("set", "a").Soon());
    }

    [Fact]
    public async Task Sorted_sets_are_read_by_score()
    {
        foreach (var (member, score) in new[] { ("a", 1), ("b", 2.5), ("c", 3), ("d", double.PositiveInfinity) })
        {
            Assert.True(await _redis.SortedSetAddAsync("sorted", member, score).Soon());
        }

        Assert.Equal([new("b", 2.5), new("c", 3)], await _redis.SortedSetRangeByScoreAsync("sorted", 2, 3).Soon());
        Assert.Equal([new("a", 1)], await _redis.SortedSetRangeByScoreAsync("sorted", count: 1).Soon());
        Assert.Equal(double.PositiveInfinity, (await _redis.SortedSetRangeByScoreAsync("sorted").Soon())[3].Score);
        Assert.True(await _redis.SortedSetRemoveAsync("sorted", "a").Soon());
        Assert.Equal(2, await _redis.SortedSetRemoveRangeByScoreAsync("sorted", double.NegativeInfinity, 3).Soon());
    }

    [Fact]
    public async Task Streams_are_added_to_read_and_trimmed()
    {
        var first = await _redis.StreamAddAsync("stream", [new("a", TestClient.Bytes("1")), new("b", TestClient.Bytes("2"))]).Soon();
        var second = await _redis.StreamAddAsync("stream", [new("a", TestClient.Bytes("3"))], maxLength: 1000).Soon();

        var all = await _redis.StreamRangeAsync("stream", "-", "+").Soon();
        Assert.Equal([first, second], all.Select(static entry => entry.Id));
        Assert.Equal("2", TestClient.Text(all[0].Fields["b"]));

        Assert.Equal([second], (await _redis.StreamReadAsync("stream", first, 10).Soon()).Select(static entry => entry.Id));
        Assert.Equal([first], (await _redis.StreamReadAsync("stream", "0", 1).Soon()).Select(static entry => entry.Id));
        Assert.Equal([first], (await _redis.StreamRangeAsync("stream", "-", "+", 1).Soon()).Select(static entry => entry.Id));
        Assert.Empty(await _redis.StreamReadAsync("stream", second, 10).Soon());
        Assert.Empty(await _redis.StreamReadAsync("no stream", "0", 10).Soon());
        Assert.Equal(1, await _redis.StreamTrimAsync("stream", 1, isExact: true).Soon());
        await Assert.ThrowsAsync<ArgumentException>(() => _redis.StreamAddAsync("stream", []));
    }

    [Fact]
    public async Task A_script_is_sent_once_and_then_known_by_its_hash()
    {
        var script = new RedisScript("return {KEYS[1], ARGV[1], ARGV[2]}");

        foreach (var attempt in new[] { "first", "second" })
        {
            var reply = await _redis.ScriptAsync(script, ["key"], [attempt, 2]).Soon();
            Assert.Equal(["key", attempt, "2"], reply.Items.Select(static item => item.Text));
        }

        Assert.Equal(1, (await _redis.ExecuteAsync(RedisCommand.Create("SCRIPT", "EXISTS", script.Hash)).AsTask().Soon()).Items[0].Number);
    }

    [Fact]
    public async Task Errors_say_what_redis_says()
    {
        await _redis.SetAsync("text", "x").Soon();

        var exception = await Assert.ThrowsAsync<RedisServerException>(() => _redis.SetAddAsync("text", "a"));

        Assert.Equal("WRONGTYPE", exception.Code);
        Assert.StartsWith("WRONGTYPE Operation against", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replies_of_every_kind_can_be_read()
    {
        var info = await _redis.ExecuteAsync(RedisCommand.Create("CLIENT", "INFO")).AsTask().Soon();
        var config = await _redis.ExecuteAsync(RedisCommand.Create("CONFIG", "GET", "maxmemory")).AsTask().Soon();
        var pi = await _redis.ExecuteAsync(RedisCommand.Create("EVAL", "redis.setresp(3); return {double=3.25}", 0)).AsTask().Soon();
        var yes = await _redis.ExecuteAsync(RedisCommand.Create("EVAL", "redis.setresp(3); return true", 0)).AsTask().Soon();
        var set = await _redis.ExecuteAsync(RedisCommand.Create("EVAL", "redis.setresp(3); return {set={a=true}}", 0)).AsTask().Soon();

        Assert.Contains("resp=3", info.Text, StringComparison.Ordinal);
        Assert.Equal("0", config["maxmemory"]!.Text);
        Assert.Equal(0, config["maxmemory"]!.Number);
        Assert.Null(config["missing"]);
        Assert.Equal(3.25, pi.Double);
        Assert.Equal((RedisReplyKind.Boolean, 1), (yes.Kind, yes.Number));
        Assert.Equal((RedisReplyKind.Set, "a"), (set.Kind, set.Items[0].Text));
        Assert.Throws<InvalidOperationException>(() => config.Number);
        Assert.Throws<InvalidOperationException>(() => config.Text);
        Assert.Throws<InvalidOperationException>(() => info.Number);
        Assert.Throws<InvalidOperationException>(() => info.Items);
    }
}
