using System.Diagnostics;
using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>Commands that wait at the server.</summary>
public class BlockingTests(SharedRedis shared) : IClassFixture<SharedRedis>
{
    private readonly RedisClient _redis = shared.Client;

    [Fact]
    public async Task A_command_that_waits_holds_nobody_up()
    {
        var waiting = _redis.ExecuteAsync(RedisCommand.Create("BLPOP", "a queue", 0)).AsTask();
        await Eventually.Async("it waits", async () => await BlockedClientsAsync() >= 1);

        await _redis.SetAsync("meanwhile", 1).Soon();
        Assert.False(waiting.IsCompleted);

        await _redis.ExecuteAsync(RedisCommand.Create("RPUSH", "a queue", "job")).AsTask().Soon();
        Assert.Equal("job", (await waiting.Soon()).Items[1].Text);
    }

    [Fact]
    public async Task A_stream_is_waited_for()
    {
        var reading = _redis.StreamReadAsync("waited", "$", 10, TimeSpan.FromSeconds(8));
        await Eventually.Async("it waits", async () => await BlockedClientsAsync() >= 1);

        var id = await _redis.StreamAddAsync("waited", [new("a", TestClient.Bytes("1"))]).Soon();

        Assert.Equal(id, Assert.Single(await reading.Soon()).Id);
    }

    [Fact]
    public async Task A_wait_without_an_entry_ends_with_none()
    {
        var watch = Stopwatch.StartNew();

        Assert.Empty(await _redis.StreamReadAsync("never", "0", 10, TimeSpan.FromMilliseconds(50)).Soon());

        Assert.InRange(watch.ElapsedMilliseconds, 40, 5000);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_at_the_server_too()
    {
        await using var client = new TestClient(TestClient.Quick(shared.Server.Url) with { ClientName = "cancelling" });
        using var cancellation = new CancellationTokenSource();
        var waiting = client.Redis.StreamReadAsync("cancelled", "0", 10, TimeSpan.Zero, cancellation.Token);
        await Eventually.Async("it waits", async () => await BlockedClientsAsync("cancelling") == 1);

        await cancellation.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        Assert.Equal(cancellation.Token, exception.CancellationToken);
        await Eventually.Async("it does not wait any more", async () => await BlockedClientsAsync("cancelling") == 0);
    }

    [Fact]
    public async Task The_connection_is_used_again()
    {
        await using var client = new TestClient(TestClient.Quick(shared.Server.Url) with { ClientName = "reusing" });

        for (var i = 0; i < 20; i++)
        {
            await client.Redis.StreamReadAsync("reused", "0", 10, TimeSpan.FromMilliseconds(1)).Soon();
        }

        var clients = await _redis.ExecuteAsync(RedisCommand.Create("CLIENT", "LIST")).AsTask().Soon();
        Assert.InRange(clients.Text!.Split('\n').Count(static line => line.Contains("name=reusing", StringComparison.Ordinal)), 1, 2);
    }

    [Fact]
    public async Task An_error_leaves_the_connection_as_it_was()
    {
        await _redis.SetAsync("no stream", 1).Soon();

        await Assert.ThrowsAsync<RedisServerException>(() => _redis.StreamReadAsync("no stream", "0", 1, TimeSpan.FromSeconds(1)).Soon());
        Assert.Empty(await _redis.StreamReadAsync("no such stream", "0", 1, TimeSpan.FromMilliseconds(1)).Soon());
    }

    [Fact]
    public async Task Disposing_ends_all_waits()
    {
        var client = new RedisClient(RedisOptions.Parse(shared.Server.Url));
        var waiting = client.ExecuteAsync(RedisCommand.Create("BLPOP", "disposed", 0)).AsTask();
        await Eventually.Async("it waits", async () => await BlockedClientsAsync() >= 1);

        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.Soon());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.ExecuteAsync(RedisCommand.Create("BLPOP", "disposed", 0)).AsTask());
    }

    private async Task<int> BlockedClientsAsync(string name = "")
    {
        var clients = await _redis.ExecuteAsync(RedisCommand.Create("CLIENT", "LIST"));
        return clients.Text!.Split('\n').Count(line => line.Contains("flags=b", StringComparison.Ordinal) && line.Contains($"name={name}", StringComparison.Ordinal));
    }
}
