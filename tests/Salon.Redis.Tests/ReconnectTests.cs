using System.Collections.Concurrent;
using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>Servers that go and come back.</summary>
public class ReconnectTests
{
    [Fact]
    public async Task A_client_may_be_there_before_its_server()
    {
        await using var server = await RedisServer.StartAsync();
        await server.StopAsync();
        await using var client = new TestClient(server);
        client.Logs.Expect("cannot be reached");
        var setting = client.Redis.SetAsync("early", 1);
        var subscribing = client.Redis.SubscribeAsync("early", static _ => { });
        await Eventually.Async("it has tried", () => client.Logs.Entries.Any(static entry => entry.Message.Contains("cannot be reached", StringComparison.Ordinal)));

        Assert.Equal(RedisState.Disconnected, client.Redis.State);
        await server.StartAgainAsync();

        Assert.True(await setting.Soon());
        Assert.True((await subscribing.Soon()).IsActive);
        Assert.Equal(RedisState.Connected, client.Redis.State);
    }

    [Fact]
    public async Task Everything_comes_back_after_a_restart()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = new TestClient(server);
        client.Logs.Expect("was lost");
        client.Logs.Expect("cannot be reached");
        var states = new ConcurrentQueue<RedisState>();
        client.Redis.StateChanged += states.Enqueue;
        var received = new ConcurrentQueue<string>();
        var resumed = 0;
        await using var channel = await client.Redis.SubscribeAsync("c", message => received.Enqueue($"c {TestClient.Text(message.Payload)}")).Soon();
        await using var pattern = await client.Redis.SubscribePatternAsync("p*", message => received.Enqueue($"p {TestClient.Text(message.Payload)}")).Soon();
        await using var sharded = await client.Redis.SubscribeShardedAsync("s", message => received.Enqueue($"s {TestClient.Text(message.Payload)}")).Soon();
        RedisSubscription[] all = [channel, pattern, sharded];
        Array.ForEach(all, subscription => subscription.Resumed += () => Interlocked.Increment(ref resumed));
        await client.ConnectedAsync();

        await server.StopAsync();
        await client.DisconnectedAsync();
        await Eventually.Async("nothing is active", () => !all.Any(static subscription => subscription.IsActive));
        var waiting = client.Redis.SetAsync("waited", 1);
        await server.StartAgainAsync();

        Assert.True(await waiting.Soon());
        await Eventually.Async("all are active", () => all.All(static subscription => subscription.IsActive) && resumed == 3);
        await client.Redis.PublishAsync("c", TestClient.Bytes("1")).Soon();
        await client.Redis.PublishAsync("pp", TestClient.Bytes("2")).Soon();
        await client.Redis.PublishShardedAsync("s", TestClient.Bytes("3")).Soon();
        await Eventually.Async("all messages are there", () => received.Count == 3);
        Assert.Equal(["c 1", "p 2", "s 3"], received);
        await Eventually.Async("all changes were told", () => states.TakeLast(2).SequenceEqual([RedisState.Disconnected, RedisState.Connected]));
    }

    [Theory]
    [InlineData("normal")]
    [InlineData("pubsub")]
    public async Task A_killed_connection_comes_back(string type)
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = new TestClient(server);
        client.Logs.Expect("was lost");
        var received = 0;
        var resumed = 0;
        await using var subscription = await client.Redis.SubscribeAsync("c", _ => Interlocked.Increment(ref received)).Soon();
        subscription.Resumed += () => Interlocked.Increment(ref resumed);
        await client.Redis.SetAsync("a", 1).Soon();

        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(":1", await server.CommandAsync($"CLIENT KILL TYPE {type}"));

            if (type == "pubsub")
            {
                await Eventually.Async("it has resumed", () => resumed == i);
            }

            await Eventually.Async("messages arrive", async () => await IgnoreLossAsync(() => client.Redis.PublishAsync("c", default)) == 1);
            await Eventually.Async("it has it", () => received == i);
        }

        Assert.Equal(type == "pubsub" ? 3 : 0, resumed);
    }

    [Fact]
    public async Task What_was_on_its_way_when_the_connection_was_lost_fails_and_is_not_sent_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = new TestClient(server);
        client.Logs.Expect("was lost");
        await client.Redis.SetAsync("count", 0).Soon();

        // The frozen server has the commands in its socket, and reads them when it goes on; by then, nobody is there.
        using var sleeping = await server.PostAsync("DEBUG SLEEP 0.3");
        var increments = Enumerable.Range(0, 100).Select(_ => client.Redis.IncrementAsync("count")).ToList();
        var kill = server.CommandAsync("CLIENT KILL TYPE normal");

        var outcomes = await Task.WhenAll(increments.Select(static increment => OutcomeAsync(increment))).Soon();
        await kill;
        await client.ConnectedAsync();
        var count = long.Parse(TestClient.Text((await client.Redis.GetAsync("count").Soon())!.Value), System.Globalization.CultureInfo.InvariantCulture);

        Assert.All(outcomes, static outcome => Assert.Contains(outcome, new[] { "done", nameof(RedisConnectionException) }));
        Assert.InRange(count, outcomes.Count(static outcome => outcome == "done"), 100);
    }

    [Fact]
    public async Task Commands_and_messages_go_on_while_the_server_restarts_again_and_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = new TestClient(server);
        client.Logs.Expect("was lost");
        client.Logs.Expect("cannot be reached");
        using var end = new CancellationTokenSource();
        await using var subscription = await client.Redis.SubscribeAsync("c", static _ => { }).Soon();

        var callers = Enumerable.Range(0, 20).Select(caller => Task.Run(async () =>
        {
            var done = 0;

            while (!end.IsCancellationRequested)
            {
                var text = $"{caller}-{done}";
                var outcome = await OutcomeAsync(client.Redis.ExecuteAsync(RedisCommand.Create("ECHO", text)).AsTask(), reply => Assert.Equal(text, reply.Text));
                Assert.Contains(outcome, new[] { "done", nameof(RedisConnectionException) });
                done++;
            }

            return done;
        })).ToList();

        for (var i = 0; i < 4; i++)
        {
            await client.ConnectedAsync();
            await server.StopAsync();
            await client.DisconnectedAsync();
            await server.StartAgainAsync();
        }

        await Eventually.Async("the subscription is back", () => subscription.IsActive);
        await end.CancelAsync();
        Assert.All(await Task.WhenAll(callers).Soon(), static done => Assert.True(done > 4));
    }

    [Fact]
    public async Task A_server_that_is_silent_is_given_up_and_found_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = new TestClient(TestClient.Quick(server.Url) with
        {
            HeartbeatInterval = TimeSpan.FromMilliseconds(100),
            HeartbeatTimeout = TimeSpan.FromMilliseconds(300),
            ConnectTimeout = TimeSpan.FromMilliseconds(300),
        });
        client.Logs.Expect("said nothing for");
        client.Logs.Expect("cannot be reached");
        await using var subscription = await client.Redis.SubscribeAsync("c", static _ => { }).Soon();
        await client.ConnectedAsync();

        server.Freeze();
        await client.DisconnectedAsync();
        await Eventually.Async("the subscription has noticed too", () => !subscription.IsActive);
        server.Thaw();

        await client.ConnectedAsync();
        await Eventually.Async("the subscription is back", () => subscription.IsActive);
    }

    [Fact]
    public async Task A_handler_that_takes_long_is_no_silence_of_the_server()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = new TestClient(TestClient.Quick(server.Url) with
        {
            HeartbeatInterval = TimeSpan.FromMilliseconds(200),
            HeartbeatTimeout = TimeSpan.FromSeconds(1),
        });
        var received = 0;
        await using var subscription = await client.Redis.SubscribeAsync("c", _ =>
        {
            Thread.Sleep(2000);
            Interlocked.Increment(ref received);
        }).Soon();

        await client.Redis.PublishAsync("c", default).Soon();

        await Eventually.Async("it is there", () => received == 1);
        Assert.True(subscription.IsActive);
    }

    [Fact]
    public async Task Subscriptions_that_nobody_wants_any_more_do_not_come_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = new TestClient(server);
        client.Logs.Expect("was lost");
        client.Logs.Expect("cannot be reached");
        var kept = await client.Redis.SubscribeAsync("kept", static _ => { }).Soon();
        var ended = await client.Redis.SubscribeAsync("ended", static _ => { }).Soon();
        using var cancellation = new CancellationTokenSource();

        await server.StopAsync();
        await Eventually.Async("it has noticed", () => !kept.IsActive);
        var cancelled = client.Redis.SubscribeAsync("cancelled", static _ => { }, cancellation.Token);
        await ended.DisposeAsync().AsTask().Soon();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Soon());
        await server.StartAgainAsync();

        await Eventually.Async("the other is back", () => kept.IsActive);
        Assert.Equal(1, await client.Redis.CountSubscribersAsync("kept").Soon());
        Assert.Equal(0, await client.Redis.CountSubscribersAsync("ended").Soon());
        Assert.Equal(0, await client.Redis.CountSubscribersAsync("cancelled").Soon());
    }

    private static async Task<string> OutcomeAsync<T>(Task<T> task, Action<T>? check = null)
    {
        try
        {
            var result = await task;
            check?.Invoke(result);
            return "done";
        }
        catch (RedisException exception)
        {
            return exception.GetType().Name;
        }
    }

    private static async Task<long> IgnoreLossAsync(Func<Task<long>> execute)
    {
        try
        {
            return await execute();
        }
        catch (RedisConnectionException)
        {
            return 0;
        }
    }
}
