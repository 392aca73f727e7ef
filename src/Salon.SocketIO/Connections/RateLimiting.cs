using System.Threading.RateLimiting;

namespace Salon.SocketIO.Connections;

/// <summary>Asks the limiters of the options, and says when it may work again.</summary>
internal static class RateLimiting
{
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(1);

    /// <returns>In how long to try again; <see langword="null"/> when it may be done now.</returns>
    public static TimeSpan? Ask<T>(PartitionedRateLimiter<T>? limiter, T resource)
    {
        if (limiter is null)
        {
            return null;
        }

        using var lease = limiter.AttemptAcquire(resource);

        if (lease.IsAcquired)
        {
            return null;
        }

        return lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) && retryAfter > TimeSpan.Zero ? retryAfter : Default;
    }
}
