using System.Collections.Concurrent;
using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>Channels, patterns and sharded channels of one server.</summary>
public class PubSubTests(SharedRedis shared) : IClassFixture<SharedRedis>
{
    private readonly RedisClient _redis = shared.Client;

    [Fact]
    public async Task A_message_reaches_channel_and_pattern()
    {
        var received = new ConcurrentQueue<string>();
        await using var channel = await _redis.SubscribeAsync("news.today", message => received.Enqueue(Show(message))).Soon();
        await using var pattern = await _redis.SubscribePatternAsync("news.*", message => received.Enqueue(Show(message))).Soon();

        Assert.True(channel.IsActive);
        Assert.Equal(2, await _redis.PublishAsync("news.today", TestClient.Bytes("hello")).Soon());

        await Eventually.Async("both have it", () => received.Count == 2);
        Assert.Equal(["news.today::hello", "news.today:news.*:hello"], received.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_message_of_a_sharded_channel_reaches_its_subscribers_only()
    {
        var received = new ConcurrentQueue<string>();
        await using var sharded = await _redis.SubscribeShardedAsync("shard", message => received.Enqueue(Show(message))).Soon();
        await using var channel = await _redis.SubscribeAsync("shard", message => received.Enqueue("wrong")).Soon();

        Assert.Equal(1, await _redis.PublishShardedAsync("shard", TestClient.Bytes("hello")).Soon());
        Assert.Equal(1, await _redis.CountShardedSubscribersAsync("shard").Soon());

        await Eventually.Async("it is there", () => !received.IsEmpty);
        Assert.Equal(["shard::hello"], received);
    }

    [Fact]
    public async Task Messages_arrive_in_order_whatever_their_size()
    {
        var received = new ConcurrentQueue<int>();
        await using var subscription = await _redis.SubscribeAsync("sizes", message => received.Enqueue(message.Payload.Length)).Soon();
        int[] sizes = [.. Enumerable.Range(0, 300).Select(static index => index % 50 == 0 ? 200_000 + index : index * 37)];

        foreach (var size in sizes)
        {
            _ = _redis.PublishAsync("sizes", new byte[size]);
        }

        await Eventually.Async("all are there", () => received.Count == sizes.Length);
        Assert.Equal(sizes, received);
    }

    [Fact]
    public async Task Several_subscriptions_to_a_channel_are_one_for_the_server()
    {
        var first = 0;
        var second = 0;
        var one = await _redis.SubscribeAsync("shared", _ => Interlocked.Increment(ref first)).Soon();
        var two = await _redis.SubscribeAsync("shared", _ => Interlocked.Increment(ref second)).Soon();

        Assert.Equal(1, await _redis.CountSubscribersAsync("shared").Soon());
        await _redis.PublishAsync("shared", default).Soon();
        await Eventually.Async("both have it", () => first == 1 && second == 1);

        await one.DisposeAsync();
        await _redis.PublishAsync("shared", default).Soon();
        await Eventually.Async("the second has it", () => second == 2);
        Assert.Equal(1, first);
        Assert.False(one.IsActive);

        await two.DisposeAsync();
        await two.DisposeAsync();
        Assert.Equal(0, await _redis.CountSubscribersAsync("shared").Soon());
    }

    [Fact]
    public async Task A_channel_may_be_left_and_joined_again_at_once()
    {
        var received = 0;

        for (var i = 0; i < 200; i++)
        {
            var old = await _redis.SubscribeAsync("again", static _ => { }).Soon();
            _ = old.DisposeAsync().AsTask();
        }

        await using var subscription = await _redis.SubscribeAsync("again", _ => Interlocked.Increment(ref received)).Soon();
        Assert.Equal(1, await _redis.PublishAsync("again", default).Soon());
        await Eventually.Async("it is there", () => received == 1);
    }

    [Fact]
    public async Task Many_channels_are_subscribed_to_at_once()
    {
        var received = new ConcurrentDictionary<string, bool>();
        var subscriptions = await Task.WhenAll(Enumerable.Range(0, 2000).Select(number =>
            _redis.SubscribeAsync($"many:{number}", message => received[message.Channel] = true))).Soon();

        await Task.WhenAll(Enumerable.Range(0, 2000).Select(number => _redis.PublishAsync($"many:{number}", default))).Soon();
        await Eventually.Async("all are there", () => received.Count == 2000);

        await Task.WhenAll(subscriptions.Select(static subscription => subscription.DisposeAsync().AsTask())).Soon();
        Assert.Equal(0, await _redis.CountSubscribersAsync("many:7").Soon());
    }

    [Fact]
    public async Task A_handler_that_fails_is_logged_and_changes_nothing()
    {
        await using var client = new TestClient(shared.Server);
        var received = 0;
        client.Logs.Expect("subscription to failing");
        await using var failing = await client.Redis.SubscribeAsync("failing", static _ => throw new InvalidOperationException("oops")).Soon();
        await using var working = await client.Redis.SubscribeAsync("failing", _ => Interlocked.Increment(ref received)).Soon();

        await _redis.PublishAsync("failing", default).Soon();
        await _redis.PublishAsync("failing", default).Soon();

        await Eventually.Async("the other has both", () => received == 2);
        Assert.Equal(2, client.Logs.Entries.Count(static entry => entry.Exception?.Message == "oops"));
    }

    [Fact]
    public async Task A_channel_may_have_any_name()
    {
        var received = new ConcurrentQueue<string>();
        await using var subscription = await _redis.SubscribeAsync("a b\r\n€", message => received.Enqueue(message.Channel)).Soon();

        await _redis.PublishAsync("a b\r\n€", default).Soon();

        await Eventually.Async("it is there", () => received.Contains("a b\r\n€"));
    }

    [Fact]
    public async Task A_subscription_that_is_not_allowed_fails_and_others_stay()
    {
        Assert.Equal("+OK", await shared.Server.CommandAsync("ACL SETUSER listener on >pw +@all resetchannels &allowed"));
        await using var client = new TestClient(TestClient.Quick($"redis://listener:pw@{shared.Server.Host}"));
        client.Logs.Expect("refuses SUBSCRIBE");
        var received = 0;
        await using var allowed = await client.Redis.SubscribeAsync("allowed", _ => Interlocked.Increment(ref received)).Soon();

        var exception = await Assert.ThrowsAsync<RedisServerException>(() => client.Redis.SubscribeAsync("forbidden", static _ => { }).Soon());
        Assert.Equal("NOPERM", exception.Code);

        await _redis.PublishAsync("allowed", default).Soon();
        await Eventually.Async("the other works", () => received == 1);
        Assert.Equal("+OK", await shared.Server.CommandAsync("ACL SETUSER listener &forbidden"));
        Assert.True((await client.Redis.SubscribeAsync("forbidden", static _ => { }).Soon()).IsActive);
    }

    [Fact]
    public async Task A_handler_may_subscribe_publish_and_end_its_own_subscription()
    {
        var received = new ConcurrentQueue<string>();
        RedisSubscription? own = null;
        own = await _redis.SubscribeAsync("ask", message =>
        {
            _ = _redis.PublishAsync("answer", message.Payload.ToArray());
            _ = own!.DisposeAsync().AsTask();
        }).Soon();
        await using var answers = await _redis.SubscribeAsync("answer", message => received.Enqueue(TestClient.Text(message.Payload))).Soon();

        await _redis.PublishAsync("ask", TestClient.Bytes("one")).Soon();
        await Eventually.Async("the answer is there", () => received.Contains("one"));
        await Eventually.Async("nobody listens", async () => await _redis.PublishAsync("ask", TestClient.Bytes("two")) == 0);
    }

    private static string Show(RedisMessage message) => $"{message.Channel}:{message.Pattern}:{TestClient.Text(message.Payload)}";
}
