using Salon.Redis.Subscriptions;
using Salon.Tests;

namespace Salon.Redis.Tests.Fast;

/// <summary>
/// Who subscribed to what: <see cref="SubscriptionHub"/>, <see cref="SubscriptionLink"/>, <see cref="SubscribedChannel"/> and
/// <see cref="SubscribeRequest"/>, on a Redis that the test plays, by our clock.
/// </summary>
[Trait("Stage", "fast")]
public sealed class SubscriptionStateTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedRedis _redis;
    private readonly TestClient _client;
    private readonly List<string> _heard = [];
    private readonly Lock _gate = new();
    private readonly List<ScriptedCall> _held = [];
    private volatile string? _refusal;
    private volatile bool _isHolding;

    public SubscriptionStateTests()
    {
        _redis = new ScriptedRedis(Answer);
        _client = new TestClient(TestClient.Quick(_redis.Url), _time);
        _client.Logs.Expect("was lost");
        _client.Logs.Expect("cannot be reached");
    }

    private RedisClient Redis => _client.Redis;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync().AsTask().Soon();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task However_many_subscribe_to_a_channel_Redis_is_asked_once_and_told_when_the_last_has_left()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => SubscribeAsync("news", $"{i}"))).Soon();
        Assert.Equal(1, _redis.Count("SUBSCRIBE"));

        foreach (var subscription in all[1..])
        {
            await subscription.DisposeAsync();
            await subscription.DisposeAsync();
        }

        Assert.Equal(0, _redis.Count("UNSUBSCRIBE"));
        await PublishAsync("news", "a");
        Assert.Equal(["0 a"], Heard());
        await all[0].DisposeAsync().AsTask().Soon();
        Assert.Equal(1, _redis.Count("UNSUBSCRIBE"));
        Assert.Equal(0, _redis.Publish("news", "b"));
        Assert.False(all[0].IsActive);
    }

    [Fact]
    public async Task Whoever_comes_while_the_last_one_leaves_has_a_subscription_of_its_own_and_hears_nothing_of_the_old_one()
    {
        var old = await SubscribeAsync("news", "old");
        _isHolding = true;
        var leaving = old.DisposeAsync().AsTask();
        await Eventually.Async("Redis is told", () => Held().Count == 1);
        var coming = SubscribeAsync("news", "new");

        // Redis has not taken notice yet, and still sends.
        _redis.Publish("news", "between");
        await Eventually.Async("Redis is asked", () => _redis.Count("SUBSCRIBE") == 2);
        Release();
        await leaving.Soon();
        var subscription = await coming.Soon();
        await PublishAsync("news", "a");

        Assert.Equal(["new a"], Heard());
        Assert.True(subscription.IsActive);
    }

    [Fact]
    public async Task What_Redis_refuses_fails_for_all_who_waited_and_the_next_one_is_asked_anew()
    {
        _client.Logs.Expect("Redis refuses SUBSCRIBE");
        _refusal = "NOPERM this user has no permissions";
        var (first, second) = (SubscribeAsync("news", "1"), SubscribeAsync("news", "2"));

        await Assert.ThrowsAsync<RedisServerException>(() => first.Soon());
        await Assert.ThrowsAsync<RedisServerException>(() => second.Soon());
        _refusal = null;
        var third = await SubscribeAsync("news", "3").Soon();
        await PublishAsync("news", "a");

        Assert.Equal(["3 a"], Heard());
        await third.DisposeAsync();
        Assert.Equal(0, _redis.Publish("news", "b"));
    }

    [Fact]
    public async Task One_that_was_active_and_is_refused_after_a_lost_connection_says_so_and_those_after_it_are_not_harmed()
    {
        _client.Logs.Expect("Redis refuses SUBSCRIBE");
        var subscription = await SubscribeAsync("news", "1");
        var other = await SubscribeAsync("weather", "2");
        _isHolding = true;
        _redis.Cut();
        await UntilAsync("both are asked for again", () => Held().Count == 2);
        Assert.False(subscription.IsActive);

        foreach (var call in Held())
        {
            call.Reply(call.Words[1] == "news" ? ScriptedRedis.Error("NOPERM not any more") : call.Default);
        }

        Assert.Contains("NOPERM", (await subscription.Refused.Soon()).Message, StringComparison.Ordinal);
        await Eventually.Async("the other is active", () => other.IsActive);

        // The refused one is not disposed of yet.
        _isHolding = false;
        var again = await SubscribeAsync("news", "3").Soon();
        await subscription.DisposeAsync().AsTask().Soon();
        Assert.Equal(0, _redis.Count("UNSUBSCRIBE"));
        await PublishAsync("news", "a");
        Assert.Equal(["3 a"], Heard());
        Assert.True(again.IsActive);
    }

    [Fact]
    public async Task After_a_lost_connection_who_was_there_is_told_once_that_messages_may_be_missing_and_who_came_meanwhile_is_not()
    {
        var subscription = await SubscribeAsync("news", "1");
        var resumed = 0;
        subscription.Resumed += () => resumed++;

        _redis.Stop();
        await Eventually.Async("it is noticed", () => !subscription.IsActive);
        var coming = SubscribeAsync("news", "2");
        _redis.Start();
        await UntilAsync("the other has come", () => coming.IsCompleted);
        var second = await coming;
        second.Resumed += () => resumed += 100;
        await PublishAsync("news", "a");

        Assert.Equal(1, resumed);
        Assert.Equal(["1 a", "2 a"], Heard().Order());
    }

    [Fact]
    public async Task Who_gives_up_before_it_is_confirmed_leaves_nothing_behind()
    {
        _isHolding = true;
        using var leaving = new CancellationTokenSource();
        var coming = Redis.SubscribeAsync("news", _ => Hear("gave up"), leaving.Token);
        await Eventually.Async("Redis is asked", () => Held().Count == 1);

        await leaving.CancelAsync();
        Release();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => coming.Soon());
        await Eventually.Async("Redis is told", () => _redis.CountSubscribers("news") == 0 && _redis.Count("UNSUBSCRIBE") == 1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Redis.SubscribeAsync("news", static _ => { }, new CancellationToken(canceled: true)));
        Assert.Equal(1, _redis.Count("SUBSCRIBE"));
    }

    [Fact]
    public async Task With_its_client_everybody_who_waits_is_told_and_nobody_comes_any_more()
    {
        var active = await SubscribeAsync("news", "1");
        _isHolding = true;
        var waiting = SubscribeAsync("weather", "2");
        await Eventually.Async("Redis is asked", () => Held().Count == 1);

        await Redis.DisposeAsync().AsTask().Soon();
        await Redis.DisposeAsync().AsTask().Soon();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.Soon());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => SubscribeAsync("news", "3").Soon());
        Assert.False(active.IsActive);
        await active.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task Patterns_sharded_channels_and_channels_of_one_name_are_three_subscriptions()
    {
        await using var channel = await Redis.SubscribeAsync("news", _ => Hear("channel"));
        await using var pattern = await Redis.SubscribePatternAsync("news", message => Hear($"pattern {message.Channel}"));
        await using var sharded = await Redis.SubscribeShardedAsync("news", _ => Hear("sharded"));

        _redis.Push($">3\r\n{ScriptedRedis.Bulk("smessage")}{ScriptedRedis.Bulk("news")}{ScriptedRedis.Bulk("x")}");
        _redis.Push($">4\r\n{ScriptedRedis.Bulk("pmessage")}{ScriptedRedis.Bulk("news")}{ScriptedRedis.Bulk("news")}{ScriptedRedis.Bulk("x")}");
        _redis.Push($">3\r\n{ScriptedRedis.Bulk("message")}{ScriptedRedis.Bulk("news")}{ScriptedRedis.Bulk("x")}");
        _redis.Push($">3\r\n{ScriptedRedis.Bulk("message")}{ScriptedRedis.Bulk("nobody's")}{ScriptedRedis.Bulk("x")}");

        await Eventually.Async("all three are heard", () => Heard().Count == 3);
        Assert.Equal(["sharded", "pattern news", "channel"], Heard());
    }

    [Fact]
    public async Task A_channel_that_is_confirmed_twice_was_not_interrupted()
    {
        var channel = new SubscribedChannel(SubscriptionKind.Channel, "news");
        await using var subscription = new RedisSubscription(channel, static _ => { }, static _ => Task.CompletedTask, new Supervision.Guard(_client.Logs.CreateLogger("guard")));
        var resumed = 0;
        subscription.Resumed += () => resumed++;
        channel.Add(subscription);

        channel.Activate(null);
        channel.Activate(null);
        Assert.Equal(0, resumed);
        channel.Deactivate(null);
        channel.Deactivate(null);
        channel.Activate(null);
        channel.Activate(null);

        Assert.Equal(1, resumed);
    }

    private Task<RedisSubscription> SubscribeAsync(string channel, string name) =>
        Redis.SubscribeAsync(channel, message => Hear($"{name} {TestClient.Text(message.Payload)}"));

    private async Task PublishAsync(string channel, string payload)
    {
        Assert.Equal(1, _redis.Publish(channel, payload));
        await Eventually.Async("it is heard", () => Heard().Exists(heard => heard.EndsWith(payload, StringComparison.Ordinal)));
    }

    private void Hear(string what)
    {
        lock (_gate)
        {
            _heard.Add(what);
        }
    }

    private List<string> Heard()
    {
        lock (_gate)
        {
            return [.. _heard];
        }
    }

    private List<ScriptedCall> Held()
    {
        lock (_gate)
        {
            return [.. _held];
        }
    }

    private void Release()
    {
        lock (_gate)
        {
            _isHolding = false;
            _held.ForEach(static call => call.Reply(call.Default));
            _held.Clear();
        }
    }

    private Task UntilAsync(string what, Func<bool> condition) => Eventually.Async(what, () =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(50));
        return condition();
    });

    private string? Answer(ScriptedCall call)
    {
        if (!call.Name.Contains("SUBSCRIBE", StringComparison.Ordinal))
        {
            return call.Default;
        }

        lock (_gate)
        {
            if (_isHolding)
            {
                _held.Add(call);
                return null;
            }
        }

        return _refusal is { } refusal ? ScriptedRedis.Error(refusal) : call.Default;
    }
}
