namespace Salon.Redis.Subscriptions;

/// <summary>What can be subscribed to.</summary>
internal enum SubscriptionKind
{
    /// <summary>A channel by its name, known to every server of a cluster.</summary>
    Channel,

    /// <summary>All channels whose names match.</summary>
    Pattern,

    /// <summary>A channel that belongs to a slot of a cluster, and is known only where the slot is.</summary>
    Sharded,
}
