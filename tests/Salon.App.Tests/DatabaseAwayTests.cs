using System.Net;
using Salon.App.Chat;
using Salon.App.Hosting;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>A database that goes away, or is cut off: people are told, nothing is lost or doubled, and all goes on when it is back.</summary>
public class DatabaseAwayTests(DatabaseFixture databases)
{
    [Fact]
    public async Task While_the_database_is_away_people_are_told_and_the_node_is_not_ready_and_then_all_goes_on()
    {
        await using var postgres = await PostgresServer.StartAsync();
        using var storage = new TestStorage(await postgres.CreateDatabaseAsync());
        await using var server = await AppServer.StartAsync(storage);
        server.Logs.Expect("The database fails");
        server.Logs.Expect("Health check storage");
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await alice.JoinAsync("general");
        await alice.SayAsync("general", "before");

        await postgres.StopAsync();

        var message = new { room = "general", text = "meanwhile", clientMsgId = "m1" };
        Assert.Equal("unavailable", await alice.FailAsync("message:send", message));
        Assert.Equal("unavailable", await alice.FailAsync("room:join", new { room = "dev" }));
        Assert.Equal("unavailable", await alice.FailAsync("room:create", new { room = "dev" }));
        Assert.Equal("unavailable", await alice.FailAsync("room:history", new { room = "general" }));
        Assert.Equal("unavailable", await alice.FailAsync("room:list", new { }));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(server, "/healthz/ready"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, "/healthz/live"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, "/status"));

        await postgres.StartAgainAsync();

        await Eventually.Async("the node is ready again", async () => await GetAsync(server, "/healthz/ready") == HttpStatusCode.OK);
        Assert.Equal(2, (await alice.DoAsync("message:send", message)).GetProperty("seq").GetInt64());
        Assert.Equal(["before", "meanwhile"], (await alice.WaitForAsync("message", 2)).Select(static found => found["text"]));
        await alice.JoinAsync("dev");

        // Said once, however many had to be told.
        Assert.Single(server.Logs.Entries, static entry => entry.Message.StartsWith("The database fails", StringComparison.Ordinal));
        Assert.Single(server.Logs.Entries, static entry => entry.Message == "The database answers again.");
    }

    [Fact]
    public async Task Nobody_notices_that_the_database_was_started_anew_between_two_messages()
    {
        await using var postgres = await PostgresServer.StartAsync();
        using var storage = new TestStorage(await postgres.CreateDatabaseAsync());
        await using var server = await AppServer.StartAsync(storage);
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await alice.JoinAsync("general");

        // Several connections, all of which will be broken.
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => server.Http.GetAsync("/healthz/ready")));
        await alice.SayAsync("general", "before");
        await postgres.StopAsync();
        await postgres.StartAgainAsync();
        await alice.SayAsync("general", "after");
        await alice.DoAsync("room:history", new { room = "general" });

        Assert.Equal(["1", "2"], (await alice.WaitForAsync("message", 2)).Select(static found => found["seq"]));
    }

    [Fact]
    public async Task Who_could_not_join_because_the_database_was_away_is_not_there()
    {
        await using var postgres = await PostgresServer.StartAsync();
        using var storage = new TestStorage(await postgres.CreateDatabaseAsync());
        await using var server = await AppServer.StartAsync(storage);
        server.Logs.Expect("The database fails");
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await using var bob = await ChatClient.ConnectAsync(server, "websocket", "Bob");
        await alice.JoinAsync("general");
        await postgres.StopAsync();

        Assert.Equal("unavailable", await bob.FailAsync("room:join", new { room = "general" }));
        Assert.Equal("not_a_member", await bob.FailAsync("message:send", new { room = "general", text = "hello" }));

        await postgres.StartAgainAsync();
        Assert.Equal("""["Alice"]""", (await alice.JoinAsync("general")).GetProperty("members").ToString());
        await alice.SayAsync("general", "anybody?");
        Assert.Equal("""["Alice","Bob"]""", (await bob.JoinAsync("general")).GetProperty("members").ToString());
        Assert.DoesNotContain(bob.Events, static found => found.Name == "message");
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_counts_once_and_the_room_hears_of_it()
    {
        var postgres = await databases.GetPostgresAsync();
        var url = await postgres.CreateDatabaseAsync();
        await using var proxy = new CuttingProxy(postgres.Port);
        using var storage = new TestStorage(url.Replace($":{postgres.Port}/", $":{proxy.Port}/", StringComparison.Ordinal));
        await using var server = await AppServer.StartAsync(storage);
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await alice.JoinAsync("general");
        await alice.SayAsync("general", "before");

        proxy.CutNextCommit();
        var cut = await alice.DoAsync("message:send", new { room = "general", text = "cut off" });
        Assert.Equal(0, proxy.Cuts);
        proxy.CutNextCommit();
        var named = await alice.DoAsync("message:send", new { room = "general", text = "cut off, too", clientMsgId = "m1" });
        var again = await alice.DoAsync("message:send", new { room = "general", text = "cut off, too", clientMsgId = "m1" });
        await alice.SayAsync("general", "after");

        Assert.Equal(2, cut.GetProperty("seq").GetInt64());
        Assert.Equal(3, named.GetProperty("seq").GetInt64());
        Assert.Equal(named.ToString(), again.ToString());
        Assert.Equal(
            ["1 before", "2 cut off", "3 cut off, too", "4 after"],
            (await alice.WaitForAsync("message", 4)).Select(static found => $"{found["seq"]} {found["text"]}"));
    }

    [Fact]
    public async Task A_database_that_is_silent_is_none_to_be_ready_with()
    {
        var postgres = await databases.GetPostgresAsync();
        var url = await postgres.CreateDatabaseAsync();
        await using var proxy = new CuttingProxy(postgres.Port);
        using var storage = new TestStorage(url.Replace($":{postgres.Port}/", $":{proxy.Port}/", StringComparison.Ordinal));
        await using var server = await AppServer.StartAsync(storage);
        server.Logs.Expect("Health check storage");

        proxy.IsSilent = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(server, "/healthz/ready"));

        proxy.IsSilent = false;
        await Eventually.Async("the node is ready again", async () => await GetAsync(server, "/healthz/ready") == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_database_that_can_only_be_read_is_none_to_be_ready_with()
    {
        var postgres = await databases.GetPostgresAsync();
        var url = await postgres.CreateDatabaseAsync();
        using var storage = new TestStorage(url);
        await using var server = await AppServer.StartAsync(storage);
        server.Logs.Expect("The database fails");
        server.Logs.Expect("Health check storage");

        await postgres.ExecuteAsync(url, $"ALTER DATABASE {PostgresSettings.Parse(url).Database} SET default_transaction_read_only = on");
        await postgres.ExecuteAsync(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(server, "/healthz/ready"));
    }

    [Fact]
    public async Task There_are_so_many_rooms_and_no_more_whoever_founds_them()
    {
        var postgres = await databases.GetPostgresAsync();
        var url = await postgres.CreateDatabaseAsync();
        using var storage = new TestStorage(url);
        await using var server = await AppServer.StartAsync(storage);
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await postgres.ExecuteAsync(
            url,
            $"INSERT INTO rooms (key, name, created_by, created_at) SELECT 'room ' || i, 'room ' || i, 'somebody', now() FROM generate_series(2, {ChatLimits.Rooms}) i");

        Assert.Equal("too_many_rooms", await alice.FailAsync("room:create", new { room = "one more" }));
        await alice.JoinAsync("room 5000");
    }

    private static async Task<HttpStatusCode> GetAsync(AppServer server, string path)
    {
        using var response = await server.Http.GetAsync(path);
        return response.StatusCode;
    }
}
