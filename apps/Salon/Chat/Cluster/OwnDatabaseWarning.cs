using Salon.SocketIO.Clustering;

namespace Salon.App.Chat.Cluster;

/// <summary>
/// Says, once, that this node has other nodes and a database of its own: each would keep its own conversations, and people would wonder
/// where messages go.
/// </summary>
internal sealed partial class OwnDatabaseWarning(IClusterMembers members, ILogger<OwnDatabaseWarning> logger) : IHostedService
{
    private int _isSaid;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        members.Joined += Say;

        if (members.Others.Count > 0)
        {
            Say(members.Others.First());
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        members.Joined -= Say;
        return Task.CompletedTask;
    }

    private void Say(string other)
    {
        if (Interlocked.Exchange(ref _isSaid, 1) == 0)
        {
            Log.OwnDatabase(logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Error,
            "Another node is on the same Redis, but this one keeps its conversations in a file of its own (DATA_DIR): people do not see what is written on the other. Set DATABASE_URL to the same PostgreSQL on all nodes.",
            EventName = nameof(OwnDatabase))]
        public static partial void OwnDatabase(ILogger logger);
    }
}
