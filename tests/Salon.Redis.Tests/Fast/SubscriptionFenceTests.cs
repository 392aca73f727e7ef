using Salon.Redis.Subscriptions;
using Salon.Supervision;
using Salon.Tests;

namespace Salon.Redis.Tests.Fast;

/// <summary>What an application does with messages and news may throw: the others hear of them, and the connection does not notice.</summary>
[Trait("Stage", "fast")]
public class SubscriptionFenceTests
{
    [Fact]
    public async Task Who_is_told_that_messages_may_be_missing_may_throw_and_the_others_are_told()
    {
        using var logs = new LogWatcher();
        var channel = new SubscribedChannel(SubscriptionKind.Channel, "news");
        await using var subscription = Subscribe(channel, static _ => { }, logs);
        var told = 0;
        subscription.Resumed += static () => throw new InvalidOperationException("first");
        subscription.Resumed += () => told++;

        channel.Activate(null);
        Assert.Equal(0, told);
        channel.Deactivate(null);
        channel.Activate(null);

        Assert.Equal(1, told);
        Assert.Single(logs.Entries, static entry => entry.Message == "RedisSubscription.Resumed failed.");
    }

    [Fact]
    public async Task A_handler_of_messages_that_throws_gets_the_next_one_and_so_do_others()
    {
        using var logs = new LogWatcher();
        var channel = new SubscribedChannel(SubscriptionKind.Channel, "news");
        var (first, second) = (0, 0);
        await using var throwing = Subscribe(channel, _ => throw new InvalidOperationException($"{first++}"), logs);
        await using var other = Subscribe(channel, _ => second++, logs);

        channel.Activate(null);
        channel.Deliver("news"u8, default);
        channel.Deliver("news"u8, default);

        Assert.Equal((2, 2), (first, second));
        Assert.Equal(2, logs.Entries.Count(static entry => entry.Message == "A handler of the subscription to news failed."));
    }

    private static RedisSubscription Subscribe(SubscribedChannel channel, Action<RedisMessage> onMessage, LogWatcher logs)
    {
        var subscription = new RedisSubscription(channel, onMessage, static _ => Task.CompletedTask, new Guard(logs.CreateLogger("test")));
        channel.Add(subscription);
        return subscription;
    }
}
