using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Rooms, and who gets what is sent to them.</summary>
public class BroadcastTests
{
    [Theory]
    [EachTransport]
    public async Task Each_way_of_sending_reaches_whom_it_names(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        var clients = new List<RawClient>();
        var sockets = new List<Socket>();

        for (var i = 0; i < 4; i++)
        {
            var known = server.IO.Sockets.Sockets.Keys.ToHashSet();
            clients.Add(await server.ConnectAsync(transport));
            sockets.Add(server.IO.Sockets.Sockets.Values.Single(socket => !known.Contains(socket.Id)));
        }

        await sockets[0].JoinAsync("a");
        await sockets[1].JoinAsync("a");
        await sockets[1].JoinAsync("b");
        await sockets[2].JoinAsync("b");

        var io = server.IO;
        await CheckAsync("everybody", name => io.EmitAsync(name), 0, 1, 2, 3);
        await CheckAsync("a room", name => io.To("a").EmitAsync(name), 0, 1);
        await CheckAsync("in is to", name => io.In("b").EmitAsync(name), 1, 2);
        await CheckAsync("two rooms, once", name => io.To("a").To("b").EmitAsync(name), 0, 1, 2);
        await CheckAsync("two rooms at once", name => io.To("a", "b").EmitAsync(name), 0, 1, 2);
        await CheckAsync("all but a room", name => io.Except("a").EmitAsync(name), 2, 3);
        await CheckAsync("a room but another", name => io.To("a").Except("b").EmitAsync(name), 0);
        await CheckAsync("nobody", name => io.To("nobody").EmitAsync(name));
        await CheckAsync("one, by id", name => io.To(sockets[3].Id).EmitAsync(name), 3);
        await CheckAsync("the others", name => sockets[0].Broadcast.EmitAsync(name), 1, 2, 3);
        await CheckAsync("the others in a room", name => sockets[0].To("a").EmitAsync(name), 1);
        await CheckAsync("the others but a room", name => sockets[0].Except("b").EmitAsync(name), 3);
        await CheckAsync("in from a socket", name => sockets[0].In("a", "b").EmitAsync(name), 1, 2);
        await CheckAsync("local", name => io.Local.EmitAsync(name), 0, 1, 2, 3);
        await CheckAsync("uncompressed", name => io.Compress(false).EmitAsync(name), 0, 1, 2, 3);
        await CheckAsync("one", name => sockets[2].EmitAsync(name), 2);
        await CheckAsync("the namespace", name => io.Of("/").EmitAsync(name), 0, 1, 2, 3);
        await CheckAsync("another namespace", name => io.Of("/custom").EmitAsync(name));

        await sockets[1].LeaveAsync("b");
        await CheckAsync("a room that was left", name => io.To("b").EmitAsync(name), 2);

        async Task CheckAsync(string name, Func<string, Task> send, params int[] receivers)
        {
            await send(name);
            await io.EmitAsync("end");

            for (var i = 0; i < clients.Count; i++)
            {
                if (receivers.Contains(i))
                {
                    Assert.Equal($"42[\"{name}\"]", await clients[i].ReceiveAsync());
                }

                Assert.Equal("42[\"end\"]", await clients[i].ReceiveAsync());
            }
        }

        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Theory]
    [EachTransport]
    public async Task A_room_ends_with_its_last_member(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);
        var socket = server.LastSocket();
        var adapter = server.IO.Sockets.Adapter;

        await socket.JoinAsync("a");
        await socket.JoinAsync("a");
        Assert.Equal(1, adapter.GetRoomCounts()["a"]);
        Assert.Equal(new HashSet<string>(["a", socket.Id]), socket.Rooms);

        await socket.LeaveAsync("a");
        await socket.LeaveAsync("never joined");
        Assert.DoesNotContain("a", adapter.GetRoomCounts());

        await socket.JoinAsync("b");
        await client.SendAsync("41");
        await Eventually.Async("no room is left", () => adapter.GetRoomCounts().Count == 0);

        // Joining after the end would keep a room of nobody.
        await socket.JoinAsync("c");
        Assert.Empty(adapter.GetRoomCounts());
    }

    [Theory]
    [EachTransport]
    public async Task A_broadcast_gathers_the_answers(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var first = await server.ConnectAsync(transport);
        await using var second = await server.ConnectAsync(transport);

        var answers = server.IO.Timeout(TimeSpan.FromSeconds(30)).EmitWithAckAsync<string>("question");
        await AnswerAsync(first, "\"one\",\"ignored\"");
        await AnswerAsync(second, "\"two\"");

        var responses = await answers.Soon();
        Assert.Equal(["one", "two"], responses.Order());
        Assert.True(responses.IsComplete);
        Assert.Equal(2, responses.RecipientCount);
    }

    [Theory]
    [EachTransport]
    public async Task What_was_answered_in_time_counts_and_what_was_not_is_told(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await SocketServer.StartAsync(time: time);
        await using var first = await server.ConnectAsync(transport);
        await using var silent = await server.ConnectAsync(transport);

        var answers = server.IO.EmitWithAckAsync<int>("question");
        await AnswerAsync(first, "1");
        await first.SendAsync("""421["message-with-ack"]""");
        await first.ReceiveAsync();
        time.Advance(TimeSpan.FromSeconds(5));

        var responses = await answers.Soon();
        Assert.Equal([1], responses);
        Assert.False(responses.IsComplete);
        Assert.Equal(2, responses.RecipientCount);
    }

    [Theory]
    [EachTransport]
    public async Task Who_leaves_is_not_waited_for(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var first = await server.ConnectAsync(transport);
        await using var leaving = await server.ConnectAsync(transport);

        var answers = server.IO.Timeout(TimeSpan.FromMinutes(5)).EmitWithAckAsync<int>("question");
        await AnswerAsync(first, "1");
        await leaving.SendAsync("41");

        Assert.Equal([1], await answers.Soon());
    }

    [Fact]
    public async Task A_question_to_nobody_is_answered_at_once()
    {
        await using var server = await SocketServer.StartAsync();

        var responses = await server.IO.To("nobody").EmitWithAckAsync<int>("question").Soon();

        Assert.Empty(responses);
        Assert.True(responses.IsComplete);
    }

    [Theory]
    [EachTransport]
    public async Task Binary_broadcasts_reach_everybody_whole(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var first = await server.ConnectAsync(transport);
        await using var second = await server.ConnectAsync(transport);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => server.IO.EmitAsync("data", new byte[] { 1, (byte)i }, new byte[] { 2 }))));

        foreach (var client in new[] { first, second })
        {
            for (var i = 0; i < 50; i++)
            {
                Assert.Equal("""452-["data",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]""", await client.ReceiveAsync());
                Assert.StartsWith("bA", (await client.ReceiveAsync())!, StringComparison.Ordinal);
                Assert.Equal("bAg==", await client.ReceiveAsync());
            }
        }
    }

    [Fact]
    public async Task A_volatile_event_is_dropped_for_those_who_are_not_ready()
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync("polling");
        var socket = server.LastSocket();

        await socket.Volatile.EmitAsync("dropped");
        await server.IO.Volatile.EmitAsync("dropped");
        await socket.EmitAsync("kept");

        Assert.Equal("42[\"kept\"]", await client.ReceiveAsync());
    }

    [Fact]
    public async Task Joining_leaving_and_sending_at_the_same_time_breaks_nothing()
    {
        await using var server = await SocketServer.StartAsync();
        var clients = new List<RawClient>();

        for (var i = 0; i < 10; i++)
        {
            clients.Add(await server.ConnectAsync("websocket"));
        }

        var sockets = server.IO.Sockets.Sockets.Values.ToList();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);

            for (var i = 0; i < 2_000; i++)
            {
                var socket = sockets[random.Next(sockets.Count)];
                var room = $"room {random.Next(5)}";

                await (random.Next(3) switch
                {
                    0 => socket.JoinAsync(room),
                    1 => socket.LeaveAsync(room),
                    _ => server.IO.To(room).Volatile.EmitAsync("event", i),
                });
            }
        })));

        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }

        await Eventually.Async("no room is left", () => server.IO.Sockets.Adapter.GetRoomCounts().Count == 0);
    }

    private static async Task AnswerAsync(RawClient client, string arguments)
    {
        var question = (await client.ReceiveAsync())!;
        await client.SendAsync($"43{question[2..question.IndexOf('[', StringComparison.Ordinal)]}[{arguments}]");
    }
}
