using System.Globalization;

namespace Salon.Tests;

/// <summary>Three masters that share the slots evenly, and a replica of the first, on one machine.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int SlotCount = 16384;

    private RedisCluster(RedisServer[] masters, RedisServer replica) => (Masters, Replica) = (masters, replica);

    public RedisServer[] Masters { get; }

    public RedisServer Replica { get; }

    public string Url => $"redis+cluster://{string.Join(',', Masters.Select(static master => master.Host))}";

    /// <summary>Starts the servers and waits until they agree.</summary>
    /// <param name="nodeTimeout">After how many milliseconds of silence they take one of them for dead, and its replica takes its place.</param>
    public static async Task<RedisCluster> StartAsync(int nodeTimeout = 1000)
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RedisServer.StartAsync(
            "--cluster-enabled", "yes",
            "--cluster-node-timeout", nodeTimeout.ToString(CultureInfo.InvariantCulture),
            "--cluster-port", Repository.FindFreePort().ToString(CultureInfo.InvariantCulture),
            "--cluster-replica-validity-factor", "0")));
        var cluster = new RedisCluster(servers[..3], servers[3]);

        for (var i = 0; i < 3; i++)
        {
            await ExpectOkAsync(servers[i], $"CLUSTER ADDSLOTSRANGE {SlotCount * i / 3} {(SlotCount * (i + 1) / 3) - 1}");
        }

        foreach (var server in servers[1..])
        {
            await ExpectOkAsync(server, $"CLUSTER MEET 127.0.0.1 {servers[0].Port} {await ConfigAsync(servers[0], "cluster-port")}");
        }

        await Eventually.Async("the replica knows its master", async () =>
            await cluster.Replica.CommandAsync($"CLUSTER REPLICATE {await IdOfAsync(servers[0])}") == "+OK");
        await Eventually.Async("all know the replica and the cluster is up", async () =>
        {
            var infos = await Task.WhenAll(servers.Select(static server => server.TextAsync("CLUSTER INFO")));
            var replicas = await Task.WhenAll(servers.Select(static server => server.TextAsync("CLUSTER NODES")));
            return Array.TrueForAll(infos, static info => info.Contains("cluster_state:ok", StringComparison.Ordinal))
                && Array.TrueForAll(replicas, static nodes => nodes.Contains("slave", StringComparison.Ordinal));
        });

        return cluster;
    }

    /// <summary>The server that has a key.</summary>
    public async Task<RedisServer> OwnerOfAsync(string key)
    {
        foreach (var master in Masters)
        {
            if (!(await master.CommandAsync($"GET {key}")).StartsWith("-MOVED", StringComparison.Ordinal))
            {
                return master;
            }
        }

        throw new InvalidOperationException($"Nobody has {key}.");
    }

    /// <summary>Moves the slot of a key to another server while it is in use, as a resharding does.</summary>
    /// <param name="key">A key of the slot.</param>
    /// <param name="to">Where to.</param>
    /// <param name="halfway">Called while one server has some keys of the slot, and the other the rest.</param>
    /// <param name="unheard">Called while the server that loses the slot does not answer: it hears of the loss before anything that it is told meanwhile.</param>
    public async Task MoveSlotAsync(string key, RedisServer to, Func<Task>? halfway = null, Func<Task>? unheard = null)
    {
        var from = await OwnerOfAsync(key);
        var slot = (await from.CommandAsync($"CLUSTER KEYSLOT {key}"))[1..];
        var (fromId, toId) = (await IdOfAsync(from), await IdOfAsync(to));
        await ExpectOkAsync(to, $"CLUSTER SETSLOT {slot} IMPORTING {fromId}");
        await ExpectOkAsync(from, $"CLUSTER SETSLOT {slot} MIGRATING {toId}");

        if (halfway is not null)
        {
            await halfway();
        }

        while (await from.TextAsync($"CLUSTER GETKEYSINSLOT {slot} 1") is { Length: > 0 } next)
        {
            await from.CommandAsync($"MIGRATE 127.0.0.1 {to.Port} {next} 0 5000");
        }

        var assign = $"CLUSTER SETSLOT {slot} NODE {toId}";

        if (unheard is null)
        {
            await ExpectOkAsync(to, assign);
            await ExpectOkAsync(from, assign);
        }
        else
        {
            // Frozen before the other one has the slot, which tells all.
            await from.CommandAsync(assign, meanwhile: async () =>
            {
                await ExpectOkAsync(to, assign);
                await unheard();
            });
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Masters.Append(Replica))
        {
            await server.DisposeAsync();
        }
    }

    private static Task<string> IdOfAsync(RedisServer server) => server.TextAsync("CLUSTER MYID");

    private static async Task<string> ConfigAsync(RedisServer server, string name) => (await server.TextAsync($"CONFIG GET {name}", skip: 1)).Trim();

    private static async Task ExpectOkAsync(RedisServer server, string command)
    {
        if (await server.CommandAsync(command) is not "+OK" and var answer)
        {
            throw new InvalidOperationException($"{command}: {answer}");
        }
    }
}
