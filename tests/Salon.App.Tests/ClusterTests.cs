using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>Several processes of the app over one Redis and one PostgreSQL are one chat. They need the machine for themselves.</summary>
[Collection(nameof(ClusterTests))]
[CollectionDefinition(nameof(ClusterTests), DisableParallelization = true)]
public class ClusterTests(DatabaseFixture databases)
{
    [Theory]
    [EachTransport]
    public async Task People_on_different_nodes_are_in_one_conversation(string transport)
    {
        await using var cluster = await ChatCluster.StartAsync(databases, nodes: 3);
        await using var alice = await cluster.JoinAsync(0, transport, "Alice", "general");
        await using var bob = await cluster.JoinAsync(1, transport, "Bob", "general");
        await using var charlie = await cluster.JoinAsync(2, transport, "Charlie", "general");
        await using var dave = await cluster.JoinAsync(1, transport, "Dave", "dev");
        await using var eve = await cluster.JoinAsync(0, transport, "Eve", "dev");
        ChatClient[] general = [alice, bob, charlie];

        foreach (var person in general)
        {
            await SeesAsync(person, "general", "Alice", "Bob", "Charlie");
        }

        await SeesAsync(dave, "dev", "Dave", "Eve");
        await alice.SayAsync("general", "from 1");
        await bob.SayAsync("general", "from 2");
        await charlie.SayAsync("general", "from 3");
        await eve.SayAsync("dev", "in dev");

        foreach (var person in general)
        {
            var messages = await person.WaitForAsync("message", 3);
            Assert.Equal(["from 1", "from 2", "from 3"], messages.Select(static message => message["text"]));
            Assert.Equal(["1", "2", "3"], messages.Select(static message => message["seq"]));
        }

        Assert.Equal(["in dev"], (await dave.WaitForAsync("message")).Select(static message => message["text"]));
        Assert.Equal(["in dev"], (await eve.WaitForAsync("message")).Select(static message => message["text"]));

        await bob.DoAsync("typing", new { room = "general", on = true });
        Assert.Equal("Bob", (await alice.WaitForAsync("typing"))[0]["username"]);
        Assert.DoesNotContain(dave.Events, static seen => seen.Name == "typing");
    }

    [Fact]
    public async Task Arrivals_and_departures_are_told_once_wherever_they_happen()
    {
        await using var cluster = await ChatCluster.StartAsync(databases, nodes: 2);
        await using var alice = await cluster.JoinAsync(0, "websocket", "Alice", "general");
        await using var bob = await cluster.JoinAsync(1, "websocket", "Bob", "general");
        await SeesAsync(alice, "general", "Alice", "Bob");

        // The same person, also on the other node, in another case: neither an arrival nor a departure.
        await using (var again = await cluster.JoinAsync(0, "websocket", "BOB", "general"))
        {
            await again.DoAsync("room:leave", new { room = "general" });
        }

        await bob.DoAsync("room:leave", new { room = "general" });

        await SeesAsync(alice, "general", "Alice");
        Assert.Equal(["Bob joined", "Bob left"], alice.Events
            .Where(static seen => seen.Name == "notification" && seen["username"] != "Alice")
            .Select(static seen => seen["message"]));
    }

    [Fact]
    public async Task A_node_that_is_killed_takes_its_people_along_and_is_synchronised_when_it_comes_back()
    {
        await using var cluster = await ChatCluster.StartAsync(databases, nodes: 3);
        await using var alice = await cluster.JoinAsync(0, "websocket", "Alice", "general");
        var bob = await cluster.JoinAsync(1, "websocket", "Bob", "general");
        await using var charlie = await cluster.JoinAsync(2, "websocket", "Charlie", "general");
        await SeesAsync(alice, "general", "Alice", "Bob", "Charlie");

        cluster.Kill(1);
        var killedAt = DateTime.UtcNow;
        await SeesAsync(alice, "general", "Alice", "Charlie");
        await SeesAsync(charlie, "general", "Alice", "Charlie");
        Assert.InRange(DateTime.UtcNow - killedAt, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await bob.DisposeAsync();

        await alice.SayAsync("general", "without 2");
        Assert.Equal("without 2", (await charlie.WaitForAsync("message"))[0]["text"]);

        await cluster.StartAsync(1);
        await using var back = await cluster.JoinAsync(1, "websocket", "Bob", "general");
        await SeesAsync(back, "general", "Alice", "Bob", "Charlie");
        await SeesAsync(alice, "general", "Alice", "Bob", "Charlie");
        var page = await back.DoAsync("room:history", new { room = "general", since = 0 });
        Assert.Equal("without 2", page.GetProperty("messages")[0].GetProperty("text").GetString());
        await back.SayAsync("general", "back");
        Assert.Equal("back", (await charlie.WaitForAsync("message", 2))[1]["text"]);
    }

    [Fact]
    public async Task Five_nodes_deliver_everything_once_and_in_one_order()
    {
        const int Each = 40;

        await using var cluster = await ChatCluster.StartAsync(databases, nodes: 5);
        var people = new List<ChatClient>();

        for (var i = 0; i < 10; i++)
        {
            people.Add(await cluster.JoinAsync(i % 5, "websocket", $"Person {i}", "general"));
        }

        await Task.WhenAll(people.Select(async (person, n) =>
        {
            for (var i = 0; i < Each; i++)
            {
                await person.SayAsync("general", $"{n}-{i}");
            }
        }));

        var expected = Enumerable.Range(1, people.Count * Each).Select(static seq => $"{seq}");
        string[]? order = null;

        foreach (var person in people)
        {
            var messages = await person.WaitForAsync("message", people.Count * Each);
            Assert.Equal(expected, messages.Select(static message => message["seq"]));
            string[] texts = [.. messages.Select(static message => message["text"]!)];
            Assert.Equal(order ??= texts, texts);
            await person.DisposeAsync();
        }
    }

    [Fact]
    public async Task While_redis_is_away_everybody_still_hears_everything_and_afterwards_too()
    {
        await using var cluster = await ChatCluster.StartAsync(databases, nodes: 2);
        await using var alice = await cluster.JoinAsync(0, "websocket", "Alice", "general");
        await using var bob = await cluster.JoinAsync(1, "websocket", "Bob", "general");
        await SeesAsync(alice, "general", "Alice", "Bob");

        await cluster.Redis.StopAsync();
        await alice.SayAsync("general", "while it is away");
        Assert.Equal("while it is away", (await alice.WaitForAsync("message"))[0]["text"]);
        Assert.Equal("while it is away", (await bob.WaitForAsync("message"))[0]["text"]);
        Assert.Equal("away", (await cluster.GetStatusAsync(0)).GetProperty("cluster").GetProperty("redis").GetString());

        await cluster.Redis.StartAgainAsync();
        await using var charlie = await cluster.JoinAsync(1, "websocket", "Charlie", "general");
        await SeesAsync(alice, "general", "Alice", "Bob", "Charlie");
        await bob.SayAsync("general", "there again");
        Assert.Equal("there again", (await alice.WaitForAsync("message", 2))[1]["text"]);
        await Eventually.Async("the status says so", async () =>
            (await cluster.GetStatusAsync(0)).GetProperty("cluster") is var status
            && status.GetProperty("redis").GetString() == "connected"
            && status.GetProperty("nodes").GetInt32() == 2);
    }

    [Fact]
    public async Task People_who_poll_may_be_sent_to_any_node_with_each_request()
    {
        const int Each = 30;

        await using var cluster = await ChatCluster.StartAsync(databases, nodes: 3);
        await using var proxy = await RoundRobinProxy.StartAsync([.. Enumerable.Range(0, 3).Select(cluster.AddressOf)]);
        await using var alice = await ChatClient.ConnectAsync(proxy.Uri, "polling", "Alice");
        await using var bob = await ChatClient.ConnectAsync(proxy.Uri, "polling", "Bob");
        await alice.JoinAsync("general");
        await bob.JoinAsync("general");
        await SeesAsync(alice, "general", "Alice", "Bob");

        for (var i = 0; i < Each; i++)
        {
            await Task.WhenAll(alice.SayAsync("general", $"a{i}"), bob.SayAsync("general", $"b{i}"));
        }

        foreach (var person in new[] { alice, bob })
        {
            var messages = await person.WaitForAsync("message", 2 * Each);
            Assert.Equal(Enumerable.Range(1, 2 * Each).Select(static seq => $"{seq}"), messages.Select(static message => message["seq"]));
        }

        Assert.True(await CountForwardedAsync(cluster, "answered") > 2 * Each);
        Assert.Equal(0, await CountForwardedAsync(cluster, "failed"));
    }

    [Fact]
    public async Task Who_polls_elsewhere_hears_soon_that_the_node_with_the_session_was_killed()
    {
        await using var cluster = await ChatCluster.StartAsync(databases, nodes: 2);
        await using var client = await RawPollingClient.OpenAsync(cluster.AddressOf(0), "/socket.io/");
        using var http = new HttpClient { BaseAddress = cluster.AddressOf(1) };
        var poll = http.GetAsync(client.Url);
        await Eventually.Async("the poll waits", async () => await CountForwardedAsync(cluster, "waiting") == 1);

        cluster.Kill(0);

        using var response = await poll.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal("""{"code":1,"message":"Session ID unknown"}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await http.GetAsync(client.Url)).StatusCode);
    }

    [Fact]
    public async Task What_is_stored_while_nobody_tells_is_found_in_the_database()
    {
        await using var cluster = await ChatCluster.StartAsync(databases, nodes: 1);
        await using var alice = await cluster.JoinAsync(0, "websocket", "Alice", "general");

        // A node that is alone: it tells nobody.
        await using var stranger = await AppServer.StartAsync(cluster.Storage);
        await using var bob = await ChatClient.ConnectAsync(stranger, "websocket", "Bob");
        await bob.JoinAsync("general");
        await bob.SayAsync("general", "unheard of");

        Assert.Equal("unheard of", (await alice.WaitForAsync("message"))[0]["text"]);
    }

    private static async Task<long> CountForwardedAsync(ChatCluster cluster, string what)
    {
        var sum = 0L;

        for (var i = 0; i < cluster.Nodes; i++)
        {
            sum += (await cluster.GetStatusAsync(i)).GetProperty("cluster").GetProperty("forwarded").GetProperty(what).GetInt64();
        }

        return sum;
    }

    private static Task SeesAsync(ChatClient person, string room, params string[] members) =>
        Eventually.Async($"{string.Join(", ", members)} in {room}", () =>
            person.Events.LastOrDefault(seen => seen.Name == "presence" && seen["room"] == room) is { } presence
            && presence.Data.GetProperty("members").EnumerateArray().Select(static (JsonElement member) => member.GetString()!).SequenceEqual(members));
}
