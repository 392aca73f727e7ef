using System.Net;
using System.Security.Claims;
using System.Threading.RateLimiting;

namespace Salon.SocketIO;

/// <summary>
/// Token buckets for <see cref="SocketIOOptions.EventLimiter"/> and <see cref="SocketIOOptions.ConnectLimiter"/>. A bucket is full at first, and
/// is forgotten when nobody used it for a while. <see cref="PartitionedRateLimiter.CreateChained{TResource}"/> joins several; limiters of
/// your own do as well.
/// </summary>
/// <example><code>
/// builder.Services.AddSocketIO(options =>
/// {
///     options.EventLimiter = RateLimits.EventsPerSocket(burst: 100, perSecond: 20);
///     options.ConnectLimiter = RateLimits.ConnectsPerAddress(burst: 50, perSecond: 5);
/// });
/// </code></example>
public static class RateLimits
{
    /// <summary>Limits the events of each socket.</summary>
    /// <param name="burst">How many may come at once.</param>
    /// <param name="perSecond">How many may come in the long run.</param>
    public static PartitionedRateLimiter<Socket> EventsPerSocket(int burst, int perSecond) =>
        Create<Socket>(static socket => socket.Id, burst, perSecond);

    /// <summary>Limits the events of all sockets of an address together. Behind a proxy, forwarded headers must be on.</summary>
    /// <inheritdoc cref="EventsPerSocket"/>
    public static PartitionedRateLimiter<Socket> EventsPerAddress(int burst, int perSecond) =>
        Create<Socket>(static socket => AddressOf(socket.Handshake), burst, perSecond);

    /// <summary>Limits the events of all sockets of a user together; of those who are not signed in, by address.</summary>
    /// <inheritdoc cref="EventsPerSocket"/>
    public static PartitionedRateLimiter<Socket> EventsPerUser(int burst, int perSecond) =>
        Create<Socket>(static socket => UserOf(socket.Handshake), burst, perSecond);

    /// <summary>Limits how often an address joins a namespace. Behind a proxy, forwarded headers must be on.</summary>
    /// <inheritdoc cref="EventsPerSocket"/>
    public static PartitionedRateLimiter<Handshake> ConnectsPerAddress(int burst, int perSecond) =>
        Create<Handshake>(AddressOf, burst, perSecond);

    /// <summary>Limits how often a user joins a namespace; who is not signed in, by address.</summary>
    /// <inheritdoc cref="EventsPerSocket"/>
    public static PartitionedRateLimiter<Handshake> ConnectsPerUser(int burst, int perSecond) =>
        Create<Handshake>(UserOf, burst, perSecond);

    private static PartitionedRateLimiter<T> Create<T>(Func<T, string> keyOf, int burst, int perSecond)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(perSecond, 1);

        // One timer a limiter fills the buckets, not one a bucket.
        var options = new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            AutoReplenishment = false,
            QueueLimit = 0,
        };

        return PartitionedRateLimiter.Create<T, string>(
            resource => RateLimitPartition.GetTokenBucketLimiter(keyOf(resource), _ => options),
            StringComparer.Ordinal);
    }

    private static string AddressOf(Handshake handshake) => (handshake.Address ?? IPAddress.None).ToString();

    private static string UserOf(Handshake handshake) =>
        handshake.User.Identity is { IsAuthenticated: true } identity
            ? "user " + (handshake.User.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? identity.Name)
            : AddressOf(handshake);
}
