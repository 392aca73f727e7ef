using Salon.Drills.Cluster;

namespace Salon.Drills.Faults;

/// <summary>One thing that goes wrong for a while.</summary>
/// <param name="Kind">What.</param>
/// <param name="Node">At which node, where it is at one.</param>
/// <param name="Duration">For how long.</param>
/// <param name="Severity">From 0 to 1: how much of what can be more or less.</param>
internal sealed record Fault(FaultKind Kind, DrillNode Node, TimeSpan Duration, double Severity)
{
    /// <summary>What it happens to: nothing happens to that twice at the same time.</summary>
    public string Target => Kind switch
    {
        FaultKind.KillNode or FaultKind.FreezeNode => $"node {Node.Index}",
        FaultKind.RestartRedis or FaultKind.FreezeRedis or FaultKind.DropRedisClients => "redis",
        FaultKind.CutRedis or FaultKind.HoldRedis or FaultKind.DelayRedis => $"redis of node {Node.Index}",
        FaultKind.CutClients or FaultKind.HoldClients or FaultKind.DelayClients => $"clients of node {Node.Index}",
        FaultKind.RestartDatabase or FaultKind.CutDatabase => "database",
        _ => throw new InvalidOperationException($"There is no {Kind}."),
    };

    private Network.Flow Flow => (Network.Flow)(1 + (int)(Severity * 2.99));

    /// <summary>Lets it happen, and puts it right afterwards.</summary>
    public Task RunAsync(DrillCluster cluster, CancellationToken end) => Kind switch
    {
        FaultKind.KillNode => DoAsync(Node.KillAsync, Node.StartAsync, end),
        FaultKind.FreezeNode => DoAsync(Node.Freeze, Node.Thaw, end),
        FaultKind.RestartRedis => DoAsync(cluster.Redis.StopAsync, cluster.Redis.StartAgainAsync, end),
        FaultKind.FreezeRedis => DoAsync(cluster.Redis.Freeze, cluster.Redis.Thaw, end),
        FaultKind.DropRedisClients => DropAsync(cluster),
        FaultKind.CutRedis => DoAsync(Node.ToRedis.Cut, Node.ToRedis.Mend, end),
        FaultKind.HoldRedis => DoAsync(() => Node.ToRedis.Weather.Hold(Flow), Node.ToRedis.Weather.Release, end),
        FaultKind.DelayRedis => DelayAsync(Node.ToRedis.Weather, end),
        FaultKind.CutClients => DoAsync(Node.FromClients.Cut, Node.FromClients.Mend, end),
        FaultKind.HoldClients => DoAsync(() => Node.FromClients.Weather.Hold(Flow), Node.FromClients.Weather.Release, end),
        FaultKind.DelayClients => DelayAsync(Node.FromClients.Weather, end),
        FaultKind.RestartDatabase => DoAsync(cluster.Postgres.StopAsync, cluster.Postgres.StartAgainAsync, end),
        FaultKind.CutDatabase => DoAsync(Node.ToDatabase.Cut, Node.ToDatabase.Mend, end),
        _ => throw new InvalidOperationException($"There is no {Kind}."),
    };

    private static async Task DropAsync(DrillCluster cluster)
    {
        await cluster.Redis.CommandAsync("CLIENT KILL TYPE pubsub");
        await cluster.Redis.CommandAsync("CLIENT KILL TYPE normal");
    }

    private Task DelayAsync(Network.Weather weather, CancellationToken end) => DoAsync(
        () => weather.Delay = TimeSpan.FromMilliseconds(20 + (Severity * 280)),
        () => weather.Delay = TimeSpan.Zero,
        end);

    private Task DoAsync(Action begin, Action undo, CancellationToken end) => DoAsync(() => Do(begin), () => Do(undo), end);

    private async Task DoAsync(Func<Task> begin, Func<Task> undo, CancellationToken end)
    {
        await begin();

        try
        {
            await Task.Delay(Duration, end);
        }
        catch (OperationCanceledException)
        {
            // Put right early.
        }

        await undo();
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
