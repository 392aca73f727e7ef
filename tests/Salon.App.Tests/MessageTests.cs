namespace Salon.App.Tests;

/// <summary>What is said reaches the room, and nobody else, in one order.</summary>
public class MessageTests(DatabaseFixture databases)
{
    [Theory]
    [EachTransportAndDatabase]
    public async Task A_message_reaches_everybody_in_its_room_and_nobody_in_another(string transport, string database)
    {
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);
        await using var alice = await ChatClient.ConnectAsync(server, transport, "Alice");
        await using var bob = await ChatClient.ConnectAsync(server, transport, "Bob");
        await using var dave = await ChatClient.ConnectAsync(server, transport, "Dave");
        await alice.JoinAsync("general");
        await bob.JoinAsync("general");
        await dave.JoinAsync("dev");

        var sent = await alice.DoAsync("message:send", new { room = "general", text = "hello", clientMsgId = "m1" });

        foreach (var client in new[] { alice, bob })
        {
            var message = Assert.Single(await client.WaitForAsync("message"));
            Assert.Equal("general", message["room"]);
            Assert.Equal("Alice", message["username"]);
            Assert.Equal("hello", message["text"]);
            Assert.Equal("m1", message["clientMsgId"]);
            Assert.Equal("1", message["seq"]);
            Assert.Equal(sent.GetProperty("id").GetString(), message["id"]);
            Assert.Equal(sent.GetProperty("time").GetString(), message["time"]);
        }

        await dave.SayAsync("dev", "nothing of it here");
        Assert.Equal("nothing of it here", Assert.Single(await dave.WaitForAsync("message"))["text"]);
    }

    [Theory]
    [EachTransportAndDatabase]
    public async Task A_message_that_is_sent_again_is_stored_once_and_answered_alike(string transport, string database)
    {
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);
        await using var alice = await ChatClient.ConnectAsync(server, transport, "Alice");
        await alice.JoinAsync("general");
        var request = new { room = "general", text = "hello", clientMsgId = "m1" };

        var first = await alice.DoAsync("message:send", request);
        var second = await alice.DoAsync("message:send", request);
        await alice.SayAsync("general", "next");

        Assert.Equal(first.ToString(), second.ToString());
        Assert.Equal(["1", "2"], (await alice.WaitForAsync("message", 2)).Select(static message => message["seq"]));
    }

    [Theory]
    [EachDatabase]
    public async Task Two_people_may_use_the_same_clientMsgId(string database)
    {
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await using var bob = await ChatClient.ConnectAsync(server, "websocket", "Bob");
        await alice.JoinAsync("general");
        await bob.JoinAsync("general");

        var first = await alice.DoAsync("message:send", new { room = "general", text = "hello", clientMsgId = "1" });
        var second = await bob.DoAsync("message:send", new { room = "general", text = "hi", clientMsgId = "1" });

        Assert.Equal(1, first.GetProperty("seq").GetInt64());
        Assert.Equal(2, second.GetProperty("seq").GetInt64());
    }

    [Theory]
    [EachTransportAndDatabase]
    public async Task Everybody_sees_the_messages_of_a_room_in_the_same_order(string transport, string database)
    {
        const int Each = 30;

        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);
        var clients = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => ChatClient.ConnectAsync(server, transport, $"Person {i}")));

        foreach (var client in clients)
        {
            await client.JoinAsync("general");
        }

        await Task.WhenAll(clients.SelectMany(client => Enumerable.Range(0, Each).Select(i => client.SayAsync("general", $"message {i}"))));

        foreach (var client in clients)
        {
            var messages = await client.WaitForAsync("message", clients.Length * Each);
            Assert.Equal(
                Enumerable.Range(1, clients.Length * Each).Select(static seq => (long)seq),
                messages.Select(static message => message.Data.GetProperty("seq").GetInt64()));
        }

        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Theory]
    [EachDatabase]
    public async Task Text_is_kept_as_it_is_but_for_the_blanks_around_it(string database)
    {
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await alice.JoinAsync("general");

        await alice.SayAsync("general", "  <b>\"fête\"</b>\r\n\u2028 \uD83D\uDE00 \u0000 end \n");

        Assert.Equal("<b>\"fête\"</b>\n\u2028 \uD83D\uDE00 \u0000 end", Assert.Single(await alice.WaitForAsync("message"))["text"]);
    }
}
