using System.Globalization;
using System.Net;

namespace Salon.Redis.Connections;

/// <summary>The master that the sentinels name. The sentinel that answered last is asked first. Thread-safe.</summary>
internal sealed class SentinelSource(ClientContext context, string master) : IEndPointSource
{
    private readonly RedisCommand _question = RedisCommand.Create("SENTINEL", "get-master-addr-by-name", master);
    private DnsEndPoint[] _sentinels = [.. context.Options.EndPoints];

    public Credentials Credentials => context.Credentials;

    public bool MustBeMaster => true;

    public async Task<DnsEndPoint> FindAsync(CancellationToken cancellationToken)
    {
        var failures = new List<ConnectFailedException>();

        foreach (var sentinel in Volatile.Read(ref _sentinels))
        {
            try
            {
                var found = await AskAsync(sentinel, cancellationToken);
                Prefer(sentinel);
                return found;
            }
            catch (ConnectFailedException exception)
            {
                failures.Add(exception);
            }
        }

        // A refused password is more worth knowing than a sentinel that is away.
        var worst = failures.Find(static failure => failure.IsLasting) ?? failures[0];
        throw new ConnectFailedException(worst.Failure, $"no sentinel names the master ({worst.Message}){(worst.IsLasting ? OwnPassword : "")}", worst);
    }

    private const string OwnPassword = $"; sentinels have a user and a password of their own: {nameof(RedisOptions.SentinelUser)} and {nameof(RedisOptions.SentinelPassword)}";

    /// <summary>Asks this sentinel first: it knows.</summary>
    public void Prefer(DnsEndPoint sentinel) =>
        Volatile.Write(ref _sentinels, [sentinel, .. context.Options.EndPoints.Where(other => !other.Equals(sentinel))]);

    private async Task<DnsEndPoint> AskAsync(DnsEndPoint sentinel, CancellationToken cancellationToken)
    {
        var reply = await Question.AskAsync(context, sentinel, context.SentinelCredentials, _question, cancellationToken);

        return reply.Kind == RedisReplyKind.Array
            && reply.Items is [{ Text: { } host }, { Text: { } port }]
            && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new DnsEndPoint(host, number)
            : throw new ConnectFailedException(ConnectFailure.NotReady, $"{sentinel.Host}:{sentinel.Port}: there is no master {master}");
    }
}
