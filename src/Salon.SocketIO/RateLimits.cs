using System.Security.Claims;
using System.Threading.RateLimiting;
using Salon.Http;

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
    // A connection that is closed and opened again has a new bucket: what those of one address may do together is that of this many.
    private const int ConnectionsOfAnAddress = 100;

    /// <summary>
    /// Limits the events of each connection: of all sockets of a client together, so that leaving a namespace and joining it again, or another,
    /// fills no bucket. What a new connection would fill is bounded by address: all connections of one may do a hundred times as much together
    /// as one of them.
    /// </summary>
    /// <param name="burst">How many may come at once.</param>
    /// <param name="perSecond">How many may come in the long run.</param>
    public static PartitionedRateLimiter<Socket> EventsPerSocket(int burst, int perSecond)
    {
        var connections = Create<Socket, string>(static socket => socket.Conn.Id, burst, perSecond);
        var addresses = EventsPerAddress(Times(burst), Times(perSecond));
        return new JoinedLimiter<Socket>(connections, addresses);
    }

    /// <summary>
    /// Limits the events of all sockets of an address together; of IPv6, of a network (/64). Behind a proxy, forwarded headers must be on.
    /// </summary>
    /// <inheritdoc cref="EventsPerSocket"/>
    public static PartitionedRateLimiter<Socket> EventsPerAddress(int burst, int perSecond) =>
        Create<Socket, ClientAddress>(static socket => ClientAddress.Of(socket.Handshake.Address), burst, perSecond);

    /// <summary>Limits the events of all sockets of a user together; of those who are not signed in, by address.</summary>
    /// <inheritdoc cref="EventsPerSocket"/>
    public static PartitionedRateLimiter<Socket> EventsPerUser(int burst, int perSecond) =>
        Create<Socket, (string? User, ClientAddress Address)>(static socket => UserOf(socket.Handshake), burst, perSecond);

    /// <summary>
    /// Limits how often an address joins a namespace; of IPv6, a network (/64). Behind a proxy, forwarded headers must be on.
    /// </summary>
    /// <inheritdoc cref="EventsPerSocket"/>
    public static PartitionedRateLimiter<Handshake> ConnectsPerAddress(int burst, int perSecond) =>
        Create<Handshake, ClientAddress>(static handshake => ClientAddress.Of(handshake.Address), burst, perSecond);

    /// <summary>Limits how often a user joins a namespace; who is not signed in, by address.</summary>
    /// <inheritdoc cref="EventsPerSocket"/>
    public static PartitionedRateLimiter<Handshake> ConnectsPerUser(int burst, int perSecond) =>
        Create<Handshake, (string? User, ClientAddress Address)>(UserOf, burst, perSecond);

    private static PartitionedRateLimiter<T> Create<T, TKey>(Func<T, TKey> keyOf, int burst, int perSecond)
        where TKey : notnull
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

        return PartitionedRateLimiter.Create<T, TKey>(resource => RateLimitPartition.GetTokenBucketLimiter(keyOf(resource), _ => options));
    }

    private static int Times(int amount) => (int)Math.Min(int.MaxValue, (long)amount * ConnectionsOfAnAddress);

    private static (string? User, ClientAddress Address) UserOf(Handshake handshake) =>
        handshake.User.Identity is { IsAuthenticated: true } identity
            && (handshake.User.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? identity.Name) is { } user
                ? (user, default)
                : (null, ClientAddress.Of(handshake.Address));

    /// <summary>Two limiters that must both agree. Disposed, it disposes both, which a chain of .NET does not.</summary>
    private sealed class JoinedLimiter<T>(PartitionedRateLimiter<T> first, PartitionedRateLimiter<T> second) : PartitionedRateLimiter<T>
    {
        private readonly PartitionedRateLimiter<T> _chain = PartitionedRateLimiter.CreateChained(first, second);

        public override RateLimiterStatistics? GetStatistics(T resource) => _chain.GetStatistics(resource);

        protected override RateLimitLease AttemptAcquireCore(T resource, int permitCount) => _chain.AttemptAcquire(resource, permitCount);

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(T resource, int permitCount, CancellationToken cancellationToken) =>
            _chain.AcquireAsync(resource, permitCount, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _chain.Dispose();
                first.Dispose();
                second.Dispose();
            }

            base.Dispose(disposing);
        }

        protected override async ValueTask DisposeAsyncCore()
        {
            await _chain.DisposeAsync();
            await first.DisposeAsync();
            await second.DisposeAsync();
            await base.DisposeAsyncCore();
        }
    }
}
