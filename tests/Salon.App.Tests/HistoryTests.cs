using System.Text.Json;

namespace Salon.App.Tests;

/// <summary>What was said can be read again.</summary>
public class HistoryTests(DatabaseFixture databases)
{
    [Theory]
    [EachTransportAndDatabase]
    public async Task A_newcomer_gets_the_last_fifty_messages_and_can_page_back(string transport, string database)
    {
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);
        await using var alice = await ChatClient.ConnectAsync(server, transport, "Alice");
        await SayNumbersAsync(alice, 70);
        await using var bob = await ChatClient.ConnectAsync(server, transport, "Bob");

        var joined = await bob.JoinAsync("general");
        var older = await bob.DoAsync("room:history", new { room = "general", before = 21, limit = 15 });
        var oldest = await bob.DoAsync("room:history", new { room = "general", before = 6, limit = 15 });

        Assert.Equal(70, joined.GetProperty("seq").GetInt64());
        Assert.Equal(Numbers(21, 70), Texts(joined));
        Assert.True(joined.GetProperty("hasMore").GetBoolean());
        Assert.Equal(Numbers(6, 20), Texts(older));
        Assert.True(older.GetProperty("hasMore").GetBoolean());
        Assert.Equal(Numbers(1, 5), Texts(oldest));
        Assert.False(oldest.GetProperty("hasMore").GetBoolean());
    }

    [Theory]
    [EachTransportAndDatabase]
    public async Task Whoever_comes_back_gets_what_was_missed(string transport, string database)
    {
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);
        await using var alice = await ChatClient.ConnectAsync(server, transport, "Alice");
        await SayNumbersAsync(alice, 10);
        await using var bob = await ChatClient.ConnectAsync(server, transport, "Bob");

        var joined = await bob.DoAsync("room:join", new { room = "general", since = 7 });
        var nothing = await bob.DoAsync("room:join", new { room = "general", since = 10 });
        var future = await bob.DoAsync("room:join", new { room = "general", since = 1_000 });

        Assert.Equal(Numbers(8, 10), Texts(joined));
        Assert.False(joined.GetProperty("hasMore").GetBoolean());
        Assert.Empty(Texts(nothing));
        Assert.Empty(Texts(future));
        Assert.Equal(10, future.GetProperty("seq").GetInt64());
    }

    [Theory]
    [EachDatabase]
    public async Task A_long_gap_is_filled_page_by_page(string database)
    {
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);

        // Several people, because one would soon be told to slow down.
        foreach (var first in new[] { 1, 81, 161 })
        {
            await using var somebody = await ChatClient.ConnectAsync(server, "websocket", $"Person {first}");
            await SayNumbersAsync(somebody, Math.Min(first + 79, 230), first);
        }

        await using var bob = await ChatClient.ConnectAsync(server, "websocket", "Bob");

        var start = await bob.DoAsync("room:join", new { room = "general", since = 0 });
        var rest = await bob.DoAsync("room:history", new { room = "general", since = 200, limit = 1_000_000 });

        Assert.Equal(Numbers(1, 200), Texts(start));
        Assert.True(start.GetProperty("hasMore").GetBoolean());
        Assert.Equal(Numbers(201, 230), Texts(rest));
        Assert.False(rest.GetProperty("hasMore").GetBoolean());
    }

    [Theory]
    [EachDatabase]
    public async Task Rooms_and_messages_are_there_after_a_restart_and_numbers_go_on(string database)
    {
        using var storage = await databases.CreateAsync(database);
        JsonElement before;

        await using (var server = await AppServer.StartAsync(storage))
        {
            await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
            await alice.JoinAsync("Dev");
            await alice.SayAsync("dev", "first");
            before = (await alice.DoAsync("room:history", new { room = "dev", limit = 50 })).GetProperty("messages");
        }

        await using (var server = await AppServer.StartAsync(storage))
        {
            await using var bob = await ChatClient.ConnectAsync(server, "websocket", "Bob");
            var joined = await bob.JoinAsync("DEV");
            var sent = await bob.SayAsync("dev", "second");

            Assert.Equal("Dev", joined.GetProperty("room").GetString());
            Assert.Equal(before.ToString(), joined.GetProperty("messages").ToString());
            Assert.Equal(2, sent.GetProperty("seq").GetInt64());
        }
    }

    [Theory]
    [EachDatabase]
    public async Task A_message_looks_the_same_when_it_is_sent_and_when_it_is_read_again(string database)
    {
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await alice.JoinAsync("general");

        await alice.DoAsync("message:send", new { room = "general", text = "hello", clientMsgId = "m1", replyTo = 1 });

        var live = Assert.Single(await alice.WaitForAsync("message")).Data;
        var read = (await alice.DoAsync("room:history", new { room = "general", limit = 1 })).GetProperty("messages")[0];
        Assert.Equal(live.ToString(), read.ToString());
    }

    private static async Task SayNumbersAsync(ChatClient client, int last, int first = 1)
    {
        await client.JoinAsync("general");

        for (var i = first; i <= last; i++)
        {
            await client.SayAsync("general", $"{i}");
        }
    }

    private static IEnumerable<string> Numbers(int first, int last) => Enumerable.Range(first, last - first + 1).Select(static number => $"{number}");

    private static IEnumerable<string?> Texts(JsonElement answer) =>
        answer.GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("text").GetString());
}
