using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>A master that changes.</summary>
public class SentinelTests
{
    [Fact]
    public async Task After_a_failover_the_client_is_at_the_new_master()
    {
        await using var sentinels = await RedisSentinels.StartAsync();
        await using var client = new TestClient(Options(sentinels));
        client.Logs.Expect("was lost");
        client.Logs.Expect("cannot be reached");
        var received = 0;
        await using var subscription = await client.Redis.SubscribeAsync("c", _ => Interlocked.Increment(ref received)).Soon();
        await client.Redis.SetAsync("a", 1).Soon();
        Assert.Contains($"tcp_port:{sentinels.Master.Port}", await ServerInfoAsync(client), StringComparison.Ordinal);
        await Eventually.Async("the replica has it", async () => await sentinels.Replica.TextAsync("GET a", password: "secret") == "1");

        await sentinels.Sentinels[0].StopAsync();
        await sentinels.Master.StopAsync();

        await Eventually.Async("writing works again", async () => await SucceedsAsync(() => client.Redis.SetAsync("b", 2)));
        Assert.Contains($"tcp_port:{sentinels.Replica.Port}", await ServerInfoAsync(client), StringComparison.Ordinal);
        Assert.NotNull(await client.Redis.GetAsync("a").Soon());
        await Eventually.Async("the subscription is back", () => subscription.IsActive);
        await client.Redis.PublishAsync("c", default).Soon();
        await Eventually.Async("it is there", () => received == 1);
    }

    [Fact]
    public async Task A_master_that_is_demoted_without_a_word_is_left()
    {
        await using var sentinels = await RedisSentinels.StartAsync();
        await using var client = new TestClient(Options(sentinels));
        client.Logs.Expect("was lost");
        client.Logs.Expect("cannot be reached");
        await client.Redis.SetAsync("a", 1).Soon();

        Assert.Equal("OK", await sentinels.Sentinels[1].TextAsync("SENTINEL FAILOVER main"));

        var info = "";

        await Eventually.Async("the client is at the new master", async () =>
            await SucceedsAsync(async () =>
            {
                await client.Redis.SetAsync("b", 2);
                info = await ServerInfoAsync(client);
            })
            && info.Contains($"tcp_port:{sentinels.Replica.Port}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_no_sentinel_knows_is_said()
    {
        await using var sentinel = await RedisServer.StartSentinelAsync("sentinel monitor main 127.0.0.1 1 1");
        await using var client = new TestClient(TestClient.Quick($"redis+sentinel://{sentinel.Host}/other"));
        client.Logs.Expect("there is no master other");

        await Eventually.Async("it is said", () => client.Logs.Entries.Any(static entry => entry.Message.Contains("there is no master other", StringComparison.Ordinal)));
    }

    private static RedisOptions Options(RedisSentinels sentinels) => TestClient.Quick(sentinels.Url) with { CommandTimeout = TimeSpan.FromSeconds(2) };

    private static async Task<string> ServerInfoAsync(TestClient client) =>
        (await client.Redis.ExecuteAsync(RedisCommand.Create("INFO", "server")).AsTask().Soon()).Text!;

    private static async Task<bool> SucceedsAsync(Func<Task> execute)
    {
        try
        {
            await execute();
            return true;
        }
        catch (RedisException)
        {
            return false;
        }
    }
}
