namespace Salon.Redis;

/// <summary>Says everything that is wrong with options, at once.</summary>
internal static class RedisOptionsCheck
{
    /// <exception cref="ArgumentException">Something is.</exception>
    public static void Check(RedisOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        var failures = new List<string>();

        Require(options.EndPoints.Count > 0, $"{nameof(options.EndPoints)} must name a server.");
        Require(options.Database >= 0, $"{nameof(options.Database)} must not be negative, but is {options.Database}.");
        Require(!options.IsCluster || options.Database == 0, $"A cluster has no {nameof(options.Database)} but 0.");
        Require(!options.IsCluster || options.SentinelMaster is null, $"{nameof(options.IsCluster)} and {nameof(options.SentinelMaster)} exclude each other.");
        Require(options.User is null || options.Password is not null, $"A {nameof(options.User)} needs a {nameof(options.Password)}.");
        Require(options.MaxQueuedBytes > 0, $"{nameof(options.MaxQueuedBytes)} must be positive, but is {options.MaxQueuedBytes}.");
        Require(options.MaxReplyBytes > 0, $"{nameof(options.MaxReplyBytes)} must be positive, but is {options.MaxReplyBytes}.");
        Require(options.MaxReconnectDelay >= options.MinReconnectDelay, $"{nameof(options.MaxReconnectDelay)} must not be shorter than {nameof(options.MinReconnectDelay)}.");
        RequirePositive(nameof(options.ConnectTimeout), options.ConnectTimeout);
        RequirePositive(nameof(options.CommandTimeout), options.CommandTimeout);
        RequirePositive(nameof(options.MinReconnectDelay), options.MinReconnectDelay);
        RequirePositive(nameof(options.HeartbeatInterval), options.HeartbeatInterval);
        RequirePositive(nameof(options.HeartbeatTimeout), options.HeartbeatTimeout);

        if (failures.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', failures), nameof(options));
        }

        void Require(bool isRight, string failure)
        {
            if (!isRight)
            {
                failures.Add(failure);
            }
        }

        void RequirePositive(string name, TimeSpan time) => Require(time > TimeSpan.Zero, $"{name} must be positive, but is {time}.");
    }
}
