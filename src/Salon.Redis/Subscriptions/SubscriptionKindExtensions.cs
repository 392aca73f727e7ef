namespace Salon.Redis.Subscriptions;

/// <summary>The words of Redis for each kind: those that are sent are in capitals, those that come back are not.</summary>
internal static class SubscriptionKindExtensions
{
    public static string ToSubscribe(this SubscriptionKind kind) => kind switch
    {
        SubscriptionKind.Channel => "SUBSCRIBE",
        SubscriptionKind.Pattern => "PSUBSCRIBE",
        SubscriptionKind.Sharded => "SSUBSCRIBE",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static string ToUnsubscribe(this SubscriptionKind kind) => kind switch
    {
        SubscriptionKind.Channel => "UNSUBSCRIBE",
        SubscriptionKind.Pattern => "PUNSUBSCRIBE",
        SubscriptionKind.Sharded => "SUNSUBSCRIBE",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
