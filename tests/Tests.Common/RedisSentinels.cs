namespace Salon.Tests;

/// <summary>A master called <c>main</c>, its replica, and three sentinels that watch them impatiently.</summary>
public sealed class RedisSentinels : IAsyncDisposable
{
    private RedisSentinels(RedisServer master, RedisServer replica, RedisServer[] sentinels) => (Master, Replica, Sentinels) = (master, replica, sentinels);

    public RedisServer Master { get; }

    public RedisServer Replica { get; }

    public RedisServer[] Sentinels { get; }

    public string Url => $"redis+sentinel://:secret@{string.Join(',', Sentinels.Select(static sentinel => sentinel.Host))}/main";

    /// <summary>Starts all and waits until the sentinels know each other and the replica.</summary>
    public static async Task<RedisSentinels> StartAsync()
    {
        string[] password = ["--requirepass", "secret", "--masterauth", "secret"];
        var master = await RedisServer.StartAsync(password);
        var replica = await RedisServer.StartAsync([.. password, "--replicaof", $"127.0.0.1 {master.Port}", "--repl-diskless-sync-delay", "0"]);
        var sentinels = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RedisServer.StartSentinelAsync(
            $"sentinel monitor main 127.0.0.1 {master.Port} 2",
            "sentinel auth-pass main secret",
            "sentinel down-after-milliseconds main 500",
            "sentinel failover-timeout main 3000")));

        foreach (var sentinel in sentinels)
        {
            await Eventually.Async("the sentinel knows the others and the replica", async () =>
            {
                var info = await sentinel.TextAsync("INFO sentinel");
                return info.Contains("slaves=1,sentinels=3", StringComparison.Ordinal);
            });
        }

        await Eventually.Async("the replica is up to date", async () =>
            (await replica.TextAsync("INFO replication", password: "secret")).Contains("master_link_status:up", StringComparison.Ordinal));
        return new RedisSentinels(master, replica, sentinels);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Sentinels.Append(Replica).Append(Master))
        {
            await server.DisposeAsync();
        }
    }
}
