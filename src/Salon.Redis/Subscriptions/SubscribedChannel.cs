using System.Text;
using Salon.Collections;

namespace Salon.Redis.Subscriptions;

/// <summary>
/// A channel or pattern that Redis knows of, once for all who subscribed to it. The lock protects which connection carries it and whether it is
/// active there; nobody is called under it. Thread-safe.
/// </summary>
internal sealed class SubscribedChannel(SubscriptionKind kind, string name)
{
    private readonly Lock _gate = new();
    private readonly CopyOnWriteList<RedisSubscription> _subscriptions = new();
    private TaskCompletionSource _active = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SubscriptionKind Kind => kind;

    public string Name => name;

    public byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>Which connection carries it, if that is known; chosen by the <see cref="SubscriptionHub"/>, under its lock.</summary>
    public SubscriptionLink? Link { get; private set; }

    /// <summary>The last request for it. Guarded by the lock of the connection that carries it.</summary>
    public SubscribeRequest? Asked { get; set; }

    public RedisSubscription[] Subscriptions => _subscriptions.Items;

    /// <summary>Whether the server has confirmed it on the connection that there is.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Completes as soon as it is active; fails when the server refuses it.</summary>
    public Task WhenActive
    {
        get
        {
            lock (_gate)
            {
                return _active.Task;
            }
        }
    }

    public void Add(RedisSubscription subscription)
    {
        lock (_gate)
        {
            subscription.HasBeenActive = IsActive;
            _subscriptions.Add(subscription);
        }
    }

    /// <returns>Whether nobody is left.</returns>
    public bool Remove(RedisSubscription subscription)
    {
        _subscriptions.RemoveAll(other => other == subscription);
        return Subscriptions.Length == 0;
    }

    /// <summary>Gives it to a connection, on which its server has not confirmed it yet.</summary>
    public void CarryBy(SubscriptionLink? link)
    {
        lock (_gate)
        {
            Link = link;
            Deactivate();
        }
    }

    /// <summary>The server has confirmed it. Who had it before is told, since something may have been missed.</summary>
    /// <param name="link">On which connection; one that carries it no more has nothing to say.</param>
    public void Activate(SubscriptionLink? link)
    {
        var resumed = new List<RedisSubscription>();

        lock (_gate)
        {
            if (Link != link || IsActive)
            {
                return;
            }

            IsActive = true;
            _active.TrySetResult();

            foreach (var subscription in Subscriptions)
            {
                if (subscription.HasBeenActive)
                {
                    resumed.Add(subscription);
                }

                subscription.HasBeenActive = true;
            }
        }

        foreach (var subscription in resumed)
        {
            subscription.RaiseResumed();
        }
    }

    /// <summary>Hands a message to all who subscribed.</summary>
    /// <param name="from">The channel that it was published to.</param>
    /// <param name="payload">The message.</param>
    public void Deliver(ReadOnlySpan<byte> from, ReadOnlyMemory<byte> payload)
    {
        var message = kind == SubscriptionKind.Pattern
            ? new RedisMessage(Encoding.UTF8.GetString(from), name, payload)
            : new RedisMessage(name, null, payload);

        foreach (var subscription in Subscriptions)
        {
            subscription.Deliver(message);
        }
    }

    /// <summary>The connection was lost, or the server has the channel no more.</summary>
    /// <param name="link">Which connection; one that carries it no more has nothing to say.</param>
    public void Deactivate(SubscriptionLink? link)
    {
        lock (_gate)
        {
            if (Link == link)
            {
                Deactivate();
            }
        }
    }

    /// <summary>The server does not want it.</summary>
    public void Refuse(Exception exception)
    {
        lock (_gate)
        {
            IsActive = false;
            _active.TrySetException(exception);

            // Looked at, since it may be that nobody waits for it any more.
            _ = _active.Task.Exception;
        }

        if (exception is RedisException refusal)
        {
            foreach (var subscription in Subscriptions)
            {
                subscription.OnRefused(refusal);
            }
        }
    }

    // Called under the lock.
    private void Deactivate()
    {
        if (IsActive)
        {
            IsActive = false;
            _active = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
