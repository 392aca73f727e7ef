using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>Several nodes on one PostgreSQL keep the rules of the log.</summary>
public class SharedDatabaseTests(DatabaseFixture databases)
{
    [Fact]
    public async Task Nodes_that_write_to_the_same_rooms_at_once_give_each_number_once_and_leave_none_out()
    {
        const int Each = 60;

        using var storage = await databases.CreateAsync("postgres");
        await using var first = await AppServer.StartAsync(storage);
        await using var second = await AppServer.StartAsync(storage);
        await using var third = await AppServer.StartAsync(storage);
        AppServer[] nodes = [first, second, third];
        string[] rooms = ["general", "dev", "zoo"];
        var clients = await Task.WhenAll(nodes.SelectMany(node => Enumerable.Range(0, 4).Select(i => ChatClient.ConnectAsync(node, "websocket", $"Person {i}"))));

        // Everybody enters all rooms, which the first to come founds, and then talks in all of them, each in another order.
        await Task.WhenAll(clients.SelectMany(client => rooms.Select(client.JoinAsync)));
        var answers = await Task.WhenAll(clients.SelectMany((client, n) => Enumerable.Range(0, Each).Select(i =>
            SayAsync(client, rooms[(n + i) % rooms.Length], $"{n} {i}"))));

        foreach (var room in rooms)
        {
            var numbers = answers.Where(answer => answer.Room == room).Select(static answer => answer.Seq).Order().ToList();
            Assert.Equal(Enumerable.Range(1, clients.Length * Each / rooms.Length).Select(static seq => (long)seq), numbers);

            foreach (var node in nodes)
            {
                Assert.Equal(numbers, await ReadNumbersAsync(node, room));
            }
        }

        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task Nodes_on_one_redis_with_a_file_each_say_that_they_are_two_chats()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await AppServer.StartAsync(settings: ["--REDIS_URL", redis.Url]);
        first.Logs.Expect("DATABASE_URL");
        await using var second = await AppServer.StartAsync(settings: ["--REDIS_URL", redis.Url]);
        second.Logs.Expect("DATABASE_URL");

        foreach (var node in new[] { first, second })
        {
            await Eventually.Async("it says so", () => node.Logs.Entries.Any(static entry => entry.Message.Contains("Set DATABASE_URL to the same PostgreSQL", StringComparison.Ordinal)));
        }

        Assert.Single(first.Logs.Entries, static entry => entry.Message.Contains("DATABASE_URL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_that_is_sent_again_over_another_node_is_stored_once()
    {
        using var storage = await databases.CreateAsync("postgres");
        await using var first = await AppServer.StartAsync(storage);
        await using var second = await AppServer.StartAsync(storage);
        await using var before = await ChatClient.ConnectAsync(first, "websocket", "Alice");
        await using var after = await ChatClient.ConnectAsync(second, "websocket", "Alice");
        await before.JoinAsync("general");
        await after.JoinAsync("general");
        var request = new { room = "general", text = "hello", clientMsgId = "m1" };

        var answers = await Task.WhenAll(before.DoAsync("message:send", request), after.DoAsync("message:send", request));
        var next = await after.SayAsync("general", "next");

        Assert.Equal(answers[0].ToString(), answers[1].ToString());
        Assert.Equal(1, answers[0].GetProperty("seq").GetInt64());
        Assert.Equal(2, next.GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task The_same_message_twice_at_once_is_stored_once()
    {
        using var storage = await databases.CreateAsync("postgres");
        await using var server = await AppServer.StartAsync(storage);
        await using var one = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await using var other = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await one.JoinAsync("general");
        await other.JoinAsync("general");

        for (var i = 1; i <= 20; i++)
        {
            var request = new { room = "general", text = "hello", clientMsgId = $"m{i}" };
            var answers = await Task.WhenAll(one.DoAsync("message:send", request), other.DoAsync("message:send", request));

            Assert.Equal(i, answers[0].GetProperty("seq").GetInt64());
            Assert.Equal(answers[0].ToString(), answers[1].ToString());
        }

        Assert.Equal(20, (await one.WaitForAsync("message", 20)).Length);
    }

    [Fact]
    public async Task A_room_that_was_founded_on_one_node_is_known_to_the_others()
    {
        using var storage = await databases.CreateAsync("postgres");
        await using var first = await AppServer.StartAsync(storage);
        await using var second = await AppServer.StartAsync(storage);
        await using var alice = await ChatClient.ConnectAsync(first, "websocket", "Alice");
        await using var bob = await ChatClient.ConnectAsync(second, "websocket", "Bob");
        Assert.DoesNotContain("Zoé’s", await ListRoomsAsync(bob));

        await alice.DoAsync("room:create", new { room = "Zoé’s" });

        Assert.Equal("already_exists", await bob.FailAsync("room:create", new { room = "ZOÉ’S" }));
        Assert.Equal("not_a_member", await bob.FailAsync("room:history", new { room = "zoé’s" }));
        Assert.Equal("Zoé’s", (await bob.JoinAsync("zoé’s")).GetProperty("room").GetString());
        await alice.DoAsync("room:create", new { room = "only listed" });
        await Eventually.Async("the list has it", async () => (await ListRoomsAsync(bob)).Contains("only listed"));
    }

    [Fact]
    public async Task A_room_that_many_enter_first_at_once_is_founded_once()
    {
        using var storage = await databases.CreateAsync("postgres");
        await using var first = await AppServer.StartAsync(storage);
        await using var second = await AppServer.StartAsync(storage);
        var clients = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => ChatClient.ConnectAsync(i % 2 == 0 ? first : second, "websocket", $"Person {i}")));

        var names = await Task.WhenAll(clients.Select(async (client, i) =>
            (await client.JoinAsync(i % 3 == 0 ? "New" : "NEW")).GetProperty("room").GetString()));

        Assert.Single(names.Distinct());
        Assert.Equal(1, (await ListRoomsAsync(clients[0])).Count(static name => string.Equals(name, "new", StringComparison.OrdinalIgnoreCase)));

        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    private static async Task<(string Room, long Seq)> SayAsync(ChatClient client, string room, string text) =>
        (room, (await client.SayAsync(room, text)).GetProperty("seq").GetInt64());

    private static async Task<List<long>> ReadNumbersAsync(AppServer node, string room)
    {
        await using var reader = await ChatClient.ConnectAsync(node, "websocket", "Reader");
        var page = await reader.DoAsync("room:join", new { room, since = 0 });
        var numbers = new List<long>();

        while (true)
        {
            numbers.AddRange(page.GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("seq").GetInt64()));

            if (!page.GetProperty("hasMore").GetBoolean())
            {
                return numbers;
            }

            page = await reader.DoAsync("room:history", new { room, since = numbers[^1], limit = 200 });
        }
    }

    private static async Task<List<string?>> ListRoomsAsync(ChatClient client) =>
        [.. (await client.DoAsync("room:list", new { })).GetProperty("rooms").EnumerateArray().Select(static (JsonElement room) => room.GetProperty("room").GetString())];
}
