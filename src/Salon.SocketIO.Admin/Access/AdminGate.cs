using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Salon.Supervision;

namespace Salon.SocketIO.Admin.Access;

/// <summary>Who gets in: by password, of which each address may try few wrong ones, or by a session that a password has opened.</summary>
internal sealed class AdminGate(AdminOptions options, TimeProvider time, Guard guard)
{
    private readonly PartitionedRateLimiter<IPAddress> _tries = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        static address => RateLimitPartition.GetTokenBucketLimiter(address, static _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = 20,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromSeconds(3),
            AutoReplenishment = false,
            QueueLimit = 0,
        }));

    // So few are asked about at a time that guessing in parallel gains nothing.
    private readonly SemaphoreSlim _asking = new(initialCount: 2);

    private readonly AdminSessions _sessions = new(time, options.SessionDuration);

    /// <summary>Whether a session was opened by a password, and not long ago.</summary>
    public bool Knows(string session) => _sessions.Contains(session);

    /// <returns>Whether the name and password are an administrator's; never when the address has tried too often.</returns>
    public async ValueTask<bool> IsAdministratorAsync(IPAddress? address, string username, string password)
    {
        await _asking.WaitAsync();

        try
        {
            return await AskAsync(GetOrigin(address ?? IPAddress.None), username, password);
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <returns>The id of a new session: a secret.</returns>
    public string OpenSession() => _sessions.Open();

    /// <summary>An address, or the network of an IPv6 address: whoever has one of those has all of its addresses.</summary>
    private static IPAddress GetOrigin(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6 || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var network = address.GetAddressBytes();
        network.AsSpan(8).Clear();
        return new IPAddress(network);
    }

    private async ValueTask<bool> AskAsync(IPAddress from, string username, string password)
    {
        // Asks whether there is a try left; only a wrong one takes it. A page of ten files is ten right ones.
        if (_tries.GetStatistics(from) is { CurrentAvailablePermits: < 1 })
        {
            return false;
        }

        if (await guard.AskAsync(nameof(options.Authenticate), (options, username, password), static ask => ask.options.Authenticate!(ask.username, ask.password), otherwise: false))
        {
            return true;
        }

        _tries.AttemptAcquire(from).Dispose();
        return false;
    }
}
