using System.Net;
using System.Net.Sockets;
using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>Time, room, rights: what happens when there is none.</summary>
public class LimitTests
{
    [Fact]
    public async Task Commands_of_a_server_that_sleeps_time_out_and_later_answers_do_not_shift()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = new TestClient(TestClient.Quick(server.Url) with { CommandTimeout = TimeSpan.FromMilliseconds(100) });
        await client.ConnectedAsync();
        await Eventually.Async("it is there", async () => !await IsTimedOutAsync(client.Redis.SetAsync("a", "first")));

        using var sleeping = await server.PostAsync("DEBUG SLEEP 0.5");
        await Eventually.Async("it sleeps", async () => await IsTimedOutAsync(client.Redis.GetAsync("a")));
        var late = Enumerable.Range(0, 50).Select(number => client.Redis.ExecuteAsync(RedisCommand.Create("ECHO", $"late {number}")).AsTask()).ToList();
        Assert.All(await Task.WhenAll(late.Select(IsTimedOutAsync)).Soon(), Assert.True);

        await Eventually.Async("it is awake", async () => !await IsTimedOutAsync(client.Redis.GetAsync("a")));

        // On a busy machine one of these may be late as well; whichever is answered has its own answer.
        var answered = 0;

        for (var i = 0; i < 100; i++)
        {
            var echo = client.Redis.ExecuteAsync(RedisCommand.Create("ECHO", $"after {i}")).AsTask();

            if (!await IsTimedOutAsync(echo))
            {
                Assert.Equal($"after {i}", (await echo).Text);
                answered++;
            }
        }

        Assert.InRange(answered, 1, 100);
    }

    [Fact]
    public async Task Without_a_server_commands_wait_no_longer_than_their_timeout_and_say_why()
    {
        await using var client = new TestClient(TestClient.Quick($"redis://127.0.0.1:{Repository.FindFreePort()}") with { CommandTimeout = TimeSpan.FromMilliseconds(200) });
        client.Logs.Expect("cannot be reached");

        // Until the first attempt to connect has failed, there is nothing to say.
        await Eventually.Async("a command says why", () => SaysWhyAsync(() => client.Redis.GetAsync("a").Soon()));
        await Eventually.Async("a blocking command says why", () => SaysWhyAsync(() => client.Redis.StreamReadAsync("a", "0", 1, TimeSpan.Zero).Soon()));

        static async Task<bool> SaysWhyAsync(Func<Task> command)
        {
            var exception = await Assert.ThrowsAsync<RedisTimeoutException>(command);
            Assert.False(exception.WasSent);
            return exception.Message.Contains("refused", StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_has_room_again_when_callers_give_up()
    {
        await using var client = new TestClient(TestClient.Quick($"redis://127.0.0.1:{Repository.FindFreePort()}") with { MaxQueuedBytes = 1000 });
        client.Logs.Expect("cannot be reached");
        using var cancellation = new CancellationTokenSource();

        var large = client.Redis.SetAsync("a", new byte[2000], cancellationToken: cancellation.Token);
        await Assert.ThrowsAsync<RedisBusyException>(() => client.Redis.GetAsync("a").Soon());
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large.Soon());

        var next = client.Redis.GetAsync("a");
        Assert.False(next.IsCompleted);
        await client.Redis.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => next.Soon());
    }

    [Fact]
    public async Task A_server_that_does_not_read_fills_the_queue()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = new TestClient(TestClient.Quick(server.Url) with { MaxQueuedBytes = 1_000_000 });
        await client.ConnectedAsync();
        server.Freeze();
        var sent = new List<Task>();

        while (sent.Count < 10_000 && sent.LastOrDefault() is not { IsFaulted: true })
        {
            sent.Add(client.Redis.SetAsync("a", new byte[100_000]));
        }

        await Assert.ThrowsAsync<RedisBusyException>(() => sent[^1]);
        server.Thaw();
        await Task.WhenAll(sent[..^1]).Soon();
        Assert.True(await client.Redis.SetAsync("a", 1).Soon());
    }

    [Fact]
    public async Task A_wrong_password_is_said_once_and_commands_wait_in_vain()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "right");
        await using var client = new TestClient(TestClient.Quick($"redis://:wrong@{server.Host}") with { CommandTimeout = TimeSpan.FromMilliseconds(500) });
        client.Logs.Expect("WRONGPASS");

        var exception = await Assert.ThrowsAsync<RedisTimeoutException>(() => client.Redis.GetAsync("a").Soon());

        Assert.Contains("WRONGPASS", exception.Message, StringComparison.Ordinal);
        Assert.Equal(RedisState.Disconnected, client.Redis.State);
        var line = Assert.Single(client.Logs.Entries, static entry => entry.Message.Contains("WRONGPASS", StringComparison.Ordinal));
        Assert.DoesNotContain("wrong@", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_without_a_password_is_told_that_there_is_one()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "right");
        await using var client = new TestClient(server);
        client.Logs.Expect("NOAUTH");

        await Eventually.Async("it is said", () => client.Logs.Entries.Any(static entry => entry.Message.Contains("NOAUTH", StringComparison.Ordinal)));
        Assert.Equal(RedisState.Disconnected, client.Redis.State);
    }

    [Fact]
    public async Task Password_user_database_and_name_are_used()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "s@c/r:t");
        await using var client = new TestClient(TestClient.Quick($"redis://:s%40c%2Fr%3At@{server.Host}/5") with { ClientName = "tester" });
        await client.Redis.SetAsync("here", 1).Soon();
        await client.Redis.ExecuteAsync(RedisCommand.Create("ACL", "SETUSER", "ada", "on", ">pw", "+@all", "~*")).AsTask().Soon();
        await using var ada = new TestClient(TestClient.Quick($"redis://ada:pw@{server.Host}/5"));

        var info = (await client.Redis.ExecuteAsync(RedisCommand.Create("CLIENT", "INFO")).AsTask().Soon()).Text!;
        Assert.Contains("name=tester", info, StringComparison.Ordinal);
        Assert.Contains("db=5", info, StringComparison.Ordinal);
        Assert.NotNull(await ada.Redis.GetAsync("here").Soon());
        Assert.Contains("user=ada", (await ada.Redis.ExecuteAsync(RedisCommand.Create("CLIENT", "INFO")).AsTask().Soon()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_said()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = new TestClient(TestClient.Quick($"{server.Url}/99"));
        client.Logs.Expect("refuses SELECT");

        await Eventually.Async("it is said", () => client.Logs.Entries.Any(static entry => entry.Message.Contains("refuses SELECT", StringComparison.Ordinal)));
        Assert.Equal(RedisState.Disconnected, client.Redis.State);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("-ERR unknown command 'HELLO'\r\n")]
    public async Task A_server_that_is_no_redis_is_said_to_be_none(string greeting)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var client = new TestClient(TestClient.Quick($"redis://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));
        client.Logs.Expect("Redis cannot be");
        using var accepted = await listener.AcceptTcpClientAsync();
        await accepted.GetStream().WriteAsync(TestClient.Bytes(greeting));

        await Eventually.Async("it is said", () => client.Logs.Entries.Any(static entry =>
            entry.Message.Contains("no RESP", StringComparison.Ordinal) || entry.Message.Contains("does not speak RESP3", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_server_that_loses_its_way_is_left_with_a_clear_line()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var client = new TestClient(TestClient.Quick($"redis://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));
        client.Logs.Expect("no RESP");
        using var accepted = await listener.AcceptTcpClientAsync();
        await accepted.GetStream().WriteAsync(TestClient.Bytes("%0\r\n+PONG\r\n"));
        await client.ConnectedAsync();
        var getting = client.Redis.GetAsync("a");
        await Eventually.Async("the command is there", () => accepted.Available > 40);

        await accepted.GetStream().WriteAsync(TestClient.Bytes("so what\r\n"));

        var exception = await Assert.ThrowsAsync<RedisConnectionException>(() => getting.Soon());
        Assert.Contains("no RESP", exception.Message, StringComparison.Ordinal);
        await Eventually.Async("the log says it", () => client.Logs.Entries.Any(static entry =>
            entry.Message.Contains("was lost: the server sent what is no RESP", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Disposing_while_in_use_ends_everything()
    {
        await using var server = await RedisServer.StartAsync();
        var client = new TestClient(server);
        var subscription = await client.Redis.SubscribeAsync("c", static _ => { }).Soon();
        var callers = Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                await client.Redis.IncrementAsync("a");
            }
        })).ToList();
        await client.ConnectedAsync();

        await client.DisposeAsync();
        await client.DisposeAsync();

        foreach (var caller in callers)
        {
            var exception = await Record.ExceptionAsync(() => caller.Soon());
            Assert.True(exception is ObjectDisposedException or RedisConnectionException, exception?.ToString());
        }

        Assert.False(subscription.IsActive);
        Assert.Equal(RedisState.Disconnected, client.Redis.State);
        await subscription.DisposeAsync().AsTask().Soon();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.Redis.GetAsync("a").Soon());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.Redis.SubscribeAsync("c", static _ => { }).Soon());
    }

    private static async Task<bool> IsTimedOutAsync(Task task)
    {
        try
        {
            await task;
            return false;
        }
        catch (RedisTimeoutException exception)
        {
            Assert.True(exception.WasSent);
            return true;
        }
    }
}
