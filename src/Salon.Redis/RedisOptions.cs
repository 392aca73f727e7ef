using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Salon.Redis;

/// <summary>
/// Where Redis is, who the client is, and how patient. Usually read from a URL, and changed with <c>with</c>:
/// <c>RedisOptions.Parse("redis://localhost") with { CommandTimeout = TimeSpan.FromSeconds(1) }</c>.
/// </summary>
public sealed record RedisOptions
{
    /// <summary>
    /// The servers. One for a single server; several are tried in turn. With <see cref="IsCluster"/>, some of the cluster; with
    /// <see cref="SentinelMaster"/>, the sentinels. The default is <c>localhost:6379</c>.
    /// </summary>
    public IReadOnlyList<DnsEndPoint> EndPoints { get; init; } = [new DnsEndPoint("localhost", 6379)];

    /// <summary>The user; the default is Redis's <c>default</c>.</summary>
    public string? User { get; init; }

    /// <summary>The password; none by default.</summary>
    public string? Password { get; init; }

    /// <summary>The number of the database. The default is 0; a cluster has no other.</summary>
    public int Database { get; init; }

    /// <summary>Whether to speak TLS. The default is <see langword="false"/>.</summary>
    public bool UseTls { get; init; }

    /// <summary>Whether the servers are a cluster. The default is <see langword="false"/>.</summary>
    public bool IsCluster { get; init; }

    /// <summary>The name of the master that sentinels know; none by default.</summary>
    public string? SentinelMaster { get; init; }

    /// <summary>The user for the sentinels themselves, if they want one.</summary>
    public string? SentinelUser { get; init; }

    /// <summary>The password for the sentinels themselves, if they want one.</summary>
    public string? SentinelPassword { get; init; }

    /// <summary>The name that <c>CLIENT LIST</c> shows; none by default.</summary>
    public string? ClientName { get; init; }

    /// <summary>How long it may take to make a connection, TLS and password included. The default is 5 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a command may take, with the time that it waits while Redis is away. Blocking commands may take as long as they say, and
    /// this in addition. The default is 5 seconds; it is noticed within a tenth of it, or 250 milliseconds if that is less.
    /// </summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many bytes of commands may wait to be written to a server, because it is away or slow. Beyond, <see cref="RedisBusyException"/> is
    /// thrown at once. The default is 16 MiB.
    /// </summary>
    public long MaxQueuedBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How many bytes of strings a reply may consist of. Beyond, the connection is closed. The default is 512 MiB.</summary>
    public long MaxReplyBytes { get; init; } = 512 * 1024 * 1024;

    /// <summary>How long to wait before connecting again; twice as long each time, with some chance. The default is 50 milliseconds.</summary>
    public TimeSpan MinReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long at most; with a wrong password, always. The default is 5 seconds.</summary>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the server may be silent before it is asked whether it lives. The default is 2 seconds.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long it may be silent after that before the connection is given up. The default is 5 seconds.</summary>
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>With TLS, decides whether a server's certificate is accepted; by default, as the system does.</summary>
    public RemoteCertificateValidationCallback? CertificateValidation { get; init; }

    /// <summary>With TLS, the certificates that the client may show; none by default.</summary>
    public X509CertificateCollection? ClientCertificates { get; init; }

    /// <summary>Reads a URL.</summary>
    /// <param name="url">
    /// <c>redis://[user[:password]@]host[:port][/database]</c>; <c>rediss://</c> for TLS;
    /// <c>redis+cluster://host:port,host:port</c>; <c>redis+sentinel://[user:password@]host:port,host:port/master[/database]</c>. The password
    /// of a user without a name follows a colon (<c>redis://:secret@host</c>). What would be taken for punctuation is percent-encoded.
    /// </param>
    /// <exception cref="FormatException">It is none of these. The message says in a line what is wrong, and holds nothing of the URL.</exception>
    public static RedisOptions Parse(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return RedisUrl.Parse(url);
    }

    /// <summary>The servers; never the password.</summary>
    public override string ToString() => string.Join(',', EndPoints.Select(static endPoint => $"{endPoint.Host}:{endPoint.Port}"));
}
