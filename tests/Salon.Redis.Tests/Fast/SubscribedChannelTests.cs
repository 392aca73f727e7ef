using Microsoft.Extensions.Logging.Abstractions;
using Salon.Redis.Connections;
using Salon.Redis.Subscriptions;
using Salon.Supervision;
using Salon.Tests;

namespace Salon.Redis.Tests.Fast;

/// <summary>A channel whose slot moves, and two connections that speak of it at the same time. No Redis.</summary>
[Trait("Stage", "fast")]
public sealed class SubscribedChannelTests : IDisposable
{
    private readonly ClientContext _context = new(new RedisOptions(), NullLoggerFactory.Instance, new ManualTimeProvider());
    private readonly SubscribedChannel _channel = new(SubscriptionKind.Sharded, "news");
    private int _resumed;

    [Fact]
    public void What_the_old_server_says_late_neither_ends_nor_resumes_what_the_new_one_has_confirmed()
    {
        var (old, @new) = (CreateLink(), CreateLink());
        Subscribe();
        _channel.CarryBy(old);
        _channel.Activate(old);

        _channel.CarryBy(@new);
        Assert.False(_channel.IsActive);
        _channel.Activate(old);
        Assert.Equal((false, 0), (_channel.IsActive, _resumed));

        _channel.Activate(@new);
        _channel.Deactivate(old);
        Assert.Equal((true, 1), (_channel.IsActive, _resumed));
        _channel.Activate(@new);
        Assert.Equal((true, 1), (_channel.IsActive, _resumed));
    }

    [Fact]
    public async Task Whoever_waits_for_a_channel_waits_on_while_it_is_taken_elsewhere()
    {
        var (old, @new) = (CreateLink(), CreateLink());
        _channel.CarryBy(old);
        var active = _channel.WhenActive;

        _channel.CarryBy(@new);
        _channel.Activate(old);
        Assert.False(active.IsCompleted);
        _channel.Activate(@new);

        await active.Soon();
    }

    public void Dispose() => _context.Dispose();

    private SubscriptionLink CreateLink() => new(_context, new FixedSource([], _context.Credentials));

    private void Subscribe()
    {
        var subscription = new RedisSubscription(_channel, static _ => { }, static _ => Task.CompletedTask, new Guard(NullLogger.Instance));
        subscription.Resumed += () => _resumed++;
        _channel.Add(subscription);
    }
}
