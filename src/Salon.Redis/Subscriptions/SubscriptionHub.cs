using Salon.Redis.Connections;
using Salon.Redis.Routing;

namespace Salon.Redis.Subscriptions;

/// <summary>
/// Who subscribed to what, and which connection carries it. The lock protects the table and makes joining and leaving a channel one step
/// each; no handler is called under it. Thread-safe.
/// </summary>
internal sealed class SubscriptionHub(ClientContext context, IRouter router)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(SubscriptionKind Kind, string Name), SubscribedChannel> _channels = [];
    private bool _isClosed;

    /// <summary>Subscribes, and waits until the server has confirmed it.</summary>
    public async Task<RedisSubscription> SubscribeAsync(SubscriptionKind kind, string name, Action<RedisMessage> onMessage, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var subscription = Add(kind, name, onMessage);

        try
        {
            await subscription.Channel.WhenActive.WaitAsync(cancellationToken);
            return subscription;
        }
        catch (Exception exception) when (exception is OperationCanceledException or RedisException or ObjectDisposedException)
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    /// <returns>Completes when the server knows, or is away.</returns>
    public Task Unsubscribe(RedisSubscription subscription)
    {
        lock (_gate)
        {
            var channel = subscription.Channel;

            if (!channel.Remove(subscription) || _channels.GetValueOrDefault((channel.Kind, channel.Name)) != channel)
            {
                return Task.CompletedTask;
            }

            _channels.Remove((channel.Kind, channel.Name));
            return channel.Link?.Remove(channel) ?? Task.CompletedTask;
        }
    }

    /// <summary>Takes each channel that belongs to a slot to where the slot is.</summary>
    public void Reassign()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            foreach (var channel in _channels.Values.Where(static channel => channel.Kind == SubscriptionKind.Sharded))
            {
                var (before, link) = (channel.Link, router.GetSubscriptionLink(channel.Kind, channel.Name));

                if (link != before)
                {
                    // From here on, what the old server still says of it counts no more.
                    channel.CarryBy(link);
                    before?.Forget(channel);
                    link?.Add(channel);
                }
                else if (!channel.IsActive)
                {
                    link?.Renew(channel);
                }
            }
        }
    }

    /// <summary>Takes no more. What no connection carries yet is refused here; the connections refuse the rest.</summary>
    public void Close()
    {
        List<SubscribedChannel> waiting;

        lock (_gate)
        {
            _isClosed = true;
            waiting = [.. _channels.Values.Where(static channel => channel.Link is null)];
        }

        waiting.ForEach(static channel => channel.Refuse(new ObjectDisposedException(nameof(RedisClient))));
    }

    private RedisSubscription Add(SubscriptionKind kind, string name, Action<RedisMessage> onMessage)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(RedisClient));

            var isKnown = _channels.TryGetValue((kind, name), out var channel) && !channel.WhenActive.IsFaulted;
            channel = isKnown ? channel! : new SubscribedChannel(kind, name);
            var subscription = new RedisSubscription(channel, onMessage, Unsubscribe, context.Guard);
            channel.Add(subscription);

            if (!isKnown)
            {
                // One that was refused gives way to the next attempt.
                _channels[(kind, name)] = channel;
                var link = router.GetSubscriptionLink(kind, name);
                channel.CarryBy(link);
                link?.Add(channel);
            }

            return subscription;
        }
    }
}
