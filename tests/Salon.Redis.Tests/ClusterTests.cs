using System.Collections.Concurrent;
using Salon.Redis.Routing;
using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>Keys on several servers, and slots that move between them.</summary>
public class ClusterTests(SharedCluster shared) : IClassFixture<SharedCluster>
{
    private readonly RedisCluster _cluster = shared.Cluster;

    [Fact]
    public async Task Keys_are_found_wherever_they_are()
    {
        await using var client = new TestClient(TestClient.Quick(_cluster.Url));

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => client.Redis.SetAsync($"key:{number}", number))).Soon();
        var values = await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => client.Redis.GetAsync($"key:{number}"))).Soon();

        Assert.Equal(Enumerable.Range(0, 1000).Select(static number => $"{number}"), values.Select(static value => TestClient.Text(value!.Value)));
        Assert.Equal(RedisState.Connected, client.Redis.State);
        Assert.All(await Task.WhenAll(_cluster.Masters.Select(static master => master.TextAsync("DBSIZE"))), static size => Assert.NotEqual("0", size));
    }

    [Fact]
    public async Task Transactions_scripts_and_blocking_commands_find_their_slot()
    {
        await using var client = new TestClient(TestClient.Quick(_cluster.Url));

        foreach (var tag in new[] { "{a}", "{b}", "{c}", "{d}" })
        {
            var replies = await client.Redis.TransactAsync([RedisCommand.Create("SET", tag + "1", 1), RedisCommand.Create("INCR", tag + "1")]).Soon();
            Assert.Equal(2, replies[1].Number);
            Assert.Equal("2", (await client.Redis.ScriptAsync(new RedisScript("return redis.call('GET', KEYS[1])"), [tag + "1"], []).Soon()).Text);
            Assert.Empty(await client.Redis.StreamReadAsync(tag + "s", "0", 1, TimeSpan.FromMilliseconds(5)).Soon());
        }

        var crossing = await Assert.ThrowsAsync<RedisServerException>(() => client.Redis.ExecuteAsync(RedisCommand.Create("MGET", "a", "b", "c")).AsTask().Soon());
        Assert.Equal("CROSSSLOT", crossing.Code);
    }

    [Fact]
    public async Task Messages_reach_subscribers_at_other_servers_and_all_are_counted()
    {
        await using var first = new TestClient(TestClient.Quick(_cluster.Url));
        await using var second = new TestClient(TestClient.Quick(_cluster.Url));
        var received = new ConcurrentQueue<string>();
        await using var a = await first.Redis.SubscribeAsync("everywhere", message => received.Enqueue(TestClient.Text(message.Payload))).Soon();
        await using var b = await second.Redis.SubscribePatternAsync("every*", message => received.Enqueue(TestClient.Text(message.Payload))).Soon();
        await using var c = await second.Redis.SubscribeAsync("everywhere", message => received.Enqueue(TestClient.Text(message.Payload))).Soon();

        Assert.Equal(2, await first.Redis.CountSubscribersAsync("everywhere").Soon());
        await first.Redis.PublishAsync("everywhere", TestClient.Bytes("x")).Soon();

        await Eventually.Async("all have it", () => received.Count == 3);
    }

    [Fact]
    public async Task Sharded_channels_are_where_their_slots_are()
    {
        await using var first = new TestClient(TestClient.Quick(_cluster.Url));
        await using var second = new TestClient(TestClient.Quick(_cluster.Url));
        var received = new ConcurrentDictionary<string, bool>();
        var subscriptions = await Task.WhenAll(Enumerable.Range(0, 100).Select(number =>
            first.Redis.SubscribeShardedAsync($"shard:{number}", message => received[message.Channel] = true))).Soon();

        foreach (var number in Enumerable.Range(0, 100))
        {
            Assert.Equal(1, await second.Redis.PublishShardedAsync($"shard:{number}", default).Soon());
        }

        Assert.Equal(1, await second.Redis.CountShardedSubscribersAsync("shard:7").Soon());
        await Eventually.Async("all are there", () => received.Count == 100);
        await Task.WhenAll(subscriptions.Select(static subscription => subscription.DisposeAsync().AsTask())).Soon();
        Assert.Equal(0, await second.Redis.PublishShardedAsync("shard:7", default).Soon());
    }

    [Fact]
    public async Task A_subscription_that_is_made_before_the_cluster_is_known_is_made_once()
    {
        var resumed = 0;

        // Each meets another server first, or not.
        for (var number = 0; number < 12; number++)
        {
            await using var client = new TestClient(TestClient.Quick(_cluster.Url));
            var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var subscription = await client.Redis.SubscribeShardedAsync($"early:{number}", _ => received.TrySetResult()).Soon();
            subscription.Resumed += () => Interlocked.Increment(ref resumed);

            await client.Redis.PublishShardedAsync($"early:{number}", default).Soon();
            await received.Task.Soon();
            Assert.Equal(1, await client.Redis.CountShardedSubscribersAsync($"early:{number}").Soon());
        }

        Assert.Equal(0, resumed);
    }

    [Fact]
    public async Task Whoever_waits_for_a_cluster_that_nobody_finds_waits_until_the_client_ends()
    {
        var client = new TestClient(TestClient.Quick($"redis+cluster://127.0.0.1:{Repository.FindFreePort()}"));
        client.Logs.Expect("cannot be reached");
        var subscribing = client.Redis.SubscribeShardedAsync("news", static _ => { });
        Assert.False(subscribing.IsCompleted);

        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => subscribing.Soon());
    }

    [Fact]
    public async Task Commands_go_on_while_a_slot_moves_and_none_is_lost_or_done_twice()
    {
        await using var client = new TestClient(TestClient.Quick(_cluster.Url));
        using var end = new CancellationTokenSource();
        var keys = Enumerable.Range(0, 20).Select(static number => $"{{moving}}{number}").ToList();
        var done = new ConcurrentDictionary<string, int>();

        var callers = keys.Select(key => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                var count = await client.Redis.IncrementAsync(key);
                Assert.Equal(done.AddOrUpdate(key, 1, static (_, before) => before + 1), count);
            }
        })).ToList();

        await Eventually.Async("all have begun", () => done.Count == keys.Count);
        var home = await _cluster.OwnerOfAsync("{moving}");

        foreach (var to in _cluster.Masters.Where(master => master != home).Append(home))
        {
            var before = done.Values.Sum();
            await _cluster.MoveSlotAsync("{moving}", to, halfway: () => Eventually.Async("it goes on in between", () => done.Values.Sum() > before + 100));
        }

        await end.CancelAsync();
        await Task.WhenAll(callers).Soon();
    }

    [Fact]
    public async Task A_transaction_follows_its_slot()
    {
        await using var client = new TestClient(TestClient.Quick(_cluster.Url));
        RedisCommand[] commands = [RedisCommand.Create("INCR", "{traveller}a"), RedisCommand.Create("INCR", "{traveller}b")];
        await client.Redis.TransactAsync(commands).Soon();
        var home = await _cluster.OwnerOfAsync("{traveller}");
        var away = _cluster.Masters.First(master => master != home);

        await _cluster.MoveSlotAsync("{traveller}", away);
        var replies = await client.Redis.TransactAsync(commands).Soon();
        await _cluster.MoveSlotAsync("{traveller}", home);

        Assert.Equal([2, 2], replies.Select(static reply => reply.Number));
    }

    [Fact]
    public async Task Sharded_subscriptions_follow_their_slot()
    {
        const int Count = 200;
        await using var client = new TestClient(TestClient.Quick(_cluster.Url));
        var received = 0;
        var resumed = 0;
        var subscriptions = await Task.WhenAll(Enumerable.Range(0, Count).Select(number =>
            client.Redis.SubscribeShardedAsync($"{{nomad}}{number}", _ => Interlocked.Increment(ref received)))).Soon();
        Array.ForEach(subscriptions, subscription => subscription.Resumed += () => Interlocked.Increment(ref resumed));
        var home = await _cluster.OwnerOfAsync("{nomad}");
        var away = _cluster.Masters.First(master => master != home);

        foreach (var (moves, to) in new[] { (1, away), (2, home), (3, away), (4, home) })
        {
            await _cluster.MoveSlotAsync("{nomad}", to);
            await Eventually.Async("all have resumed", () => resumed >= Count * moves && subscriptions.All(static subscription => subscription.IsActive));

            for (var number = 0; number < Count; number++)
            {
                Assert.Equal(1, await client.Redis.PublishShardedAsync($"{{nomad}}{number}", default).Soon());
            }

            await Eventually.Async("all are there", () => received == Count * moves);
            Assert.Equal(Count * moves, resumed);
        }
    }

    [Fact]
    public async Task What_a_server_says_when_it_loses_a_slot_is_no_answer_to_anything()
    {
        const int Count = 50;
        await using var client = new TestClient(TestClient.Quick(_cluster.Url));
        client.Logs.Expect("was lost");
        var resumed = 0;
        var (away, home, third) = (_cluster.Masters[0], _cluster.Masters[1], _cluster.Masters[2]);
        var tag = Enumerable.Range(0, 100).Select(static number => $"{{exile{number}}}").First(static tag => KeySlot.Of(TestClient.Bytes(tag)) is > 6_000 and < 10_000);
        var subscriptions = await Task.WhenAll(Enumerable.Range(0, Count).Select(number =>
            client.Redis.SubscribeShardedAsync($"{tag}{number}", static _ => { }))).Soon();
        Array.ForEach(subscriptions, subscription => subscription.Resumed += () => Interlocked.Increment(ref resumed));

        await _cluster.MoveSlotAsync(tag, away, unheard: async () =>
        {
            // The client asks another server where the slots are, and goes to the new one before the old one has a chance to send it away.
            await third.CommandAsync("CLIENT KILL TYPE normal");
            await Eventually.Async("all have resumed", () => resumed == Count && subscriptions.All(static subscription => subscription.IsActive));
        });
        await _cluster.MoveSlotAsync(tag, home);

        await Eventually.Async("all have resumed again", () => resumed == Count * 2 && subscriptions.All(static subscription => subscription.IsActive));
        Assert.Single(client.Logs.Entries, static entry => entry.Message.Contains("was lost", StringComparison.Ordinal));
        Assert.Equal(1, await client.Redis.CountShardedSubscribersAsync($"{tag}7").Soon());
    }
}
