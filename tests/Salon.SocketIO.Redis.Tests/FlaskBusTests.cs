using System.Text;
using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>What others on the bus ask for is done, to the sockets that are here; the messages are those of python-socketio 5.14 and later.</summary>
public class FlaskBusTests
{
    [Theory]
    [InlineData("polling")]
    [InlineData("websocket")]
    public async Task Who_lost_its_connection_finds_what_was_sent_meanwhile_here_and_by_others_on_the_bus(string transport)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis, configureServer: static options => options.ConnectionStateRecovery = new ConnectionStateRecovery());
        await using var peer = await FlaskPeer.StartAsync(redis);
        var (witness, _) = await server.ConnectAsync();
        var lost = await RawClient.OpenAsync(server.Uri, transport, "/socket.io/");
        await lost.SendAsync("40");
        var id = JsonDocument.Parse((await lost.ReceiveAsync())![2..]).RootElement.GetProperty("pid").GetString();
        await lost.SendAsync("1");
        await Eventually.Async("it is missed", () => server.IO.Sockets.Sockets.Count == 1);
        await lost.DisposeAsync();

        await server.IO.EmitAsync("from here");
        Assert.Equal("[]", (await peer.ReceiveAsync()).GetProperty("data").GetRawText());
        await peer.PublishAsync("""{"method":"emit","event":"from Python","data":[1],"namespace":"/","host_id":"h"}""");
        Assert.StartsWith("42[\"from here\",", await witness.ReceiveAsync());
        Assert.StartsWith("42[\"from Python\",1,", await witness.ReceiveAsync());
        var back = await RawClient.OpenAsync(server.Uri, transport, "/socket.io/");
        await back.SendAsync($"40{{\"pid\":\"{id}\"}}");

        Assert.StartsWith("42[\"from here\",", await back.ReceiveAsync());
        Assert.StartsWith("42[\"from Python\",1,", await back.ReceiveAsync());
        Assert.Contains($"\"pid\":\"{id}\"", await back.ReceiveAsync());
        await back.DisposeAsync();
        await witness.DisposeAsync();
    }

    [Fact]
    public async Task Who_was_the_only_one_finds_what_others_on_the_bus_sent_meanwhile()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis, configureServer: static options => options.ConnectionStateRecovery = new ConnectionStateRecovery());
        await using var peer = await FlaskPeer.StartAsync(redis);
        var lost = await RawClient.OpenAsync(server.Uri, "websocket", "/socket.io/");
        await lost.SendAsync("40");
        var id = JsonDocument.Parse((await lost.ReceiveAsync())![2..]).RootElement.GetProperty("pid").GetString();
        await lost.SendAsync("1");
        await Eventually.Async("it is missed", () => server.IO.Sockets.Sockets.Count == 0);
        await lost.DisposeAsync();

        await peer.PublishAsync("""{"method":"emit","event":"from Python","data":[1],"namespace":"/","host_id":"h"}""");
        await peer.PublishAsync("""{"method":"emit","event":"end","data":[],"namespace":"/other","host_id":"h"}""");
        await Eventually.Async("the one behind it is read", () => server.Count("received") == 2);
        await using var back = await RawClient.OpenAsync(server.Uri, "websocket", "/socket.io/");
        await back.SendAsync($"40{{\"pid\":\"{id}\"}}");

        Assert.StartsWith("42[\"from Python\",1,", await back.ReceiveAsync());
        Assert.Contains($"\"pid\":\"{id}\"", await back.ReceiveAsync());
    }

    [Fact]
    public async Task An_event_reaches_whom_it_names()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);
        await using var peer = await FlaskPeer.StartAsync(redis);
        var (first, firstSocket) = await server.ConnectAsync("/", "a");
        var (second, secondSocket) = await server.ConnectAsync("/", "a", "42");
        var (other, _) = await server.ConnectAsync("/other", "a");

        await CheckAsync("all", "null", "null", first, second);
        await CheckAsync("a room", "\"a\"", "null", first, second);
        await CheckAsync("a number for a room", "42", "null", second);
        await CheckAsync("two rooms, each once", "[\"a\",\"42\"]", "null", first, second);
        await CheckAsync("one", $"\"{firstSocket.Id}\"", "null", first);
        await CheckAsync("a room but one", "\"a\"", $"\"{firstSocket.Id}\"", second);
        await CheckAsync("all but two", "null", $"[\"{firstSocket.Id}\",\"{secondSocket.Id}\"]");
        await CheckAsync("nobody", "\"nobody\"", "null");

        async Task CheckAsync(string name, string room, string skipped, params RawClient[] receivers)
        {
            await peer.PublishAsync($$"""{"method":"emit","event":"{{name}}","data":[1,"x"],"binary":false,"namespace":"/","room":{{room}},"skip_sid":{{skipped}},"callback":null,"host_id":"h"}""");
            await peer.PublishAsync("""{"method":"emit","event":"end","data":[],"namespace":"/","host_id":"h"}""");
            await peer.PublishAsync("""{"method":"emit","event":"end","data":[],"namespace":"/other","host_id":"h"}""");

            foreach (var client in receivers)
            {
                Assert.Equal($"42[\"{name}\",1,\"x\"]", await client.ReceiveAsync());
            }

            Assert.Equal("42[\"end\"]", await first.ReceiveAsync());
            Assert.Equal("42[\"end\"]", await second.ReceiveAsync());
            Assert.Equal("42/other,[\"end\"]", await other.ReceiveAsync());
        }

        foreach (var client in new[] { first, second, other })
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task Binary_data_arrives_whole()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);
        await using var peer = await FlaskPeer.StartAsync(redis);
        var (client, _) = await server.ConnectAsync();

        await peer.PublishAsync("""{"method":"emit","event":"file","data":[["name",{"deep":[{"_placeholder":true,"num":0}]},{"_placeholder":true,"num":1}],"AQI=","Aw=="],"binary":true,"namespace":"/","host_id":"h"}""");

        Assert.Equal("""452-["file","name",{"deep":[{"_placeholder":true,"num":0}]},{"_placeholder":true,"num":1}]""", await client.ReceiveAsync());
        Assert.Equal("bAQI=", await client.ReceiveAsync());
        Assert.Equal("bAw==", await client.ReceiveAsync());
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Who_asks_gets_the_first_answer()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);
        await using var peer = await FlaskPeer.StartAsync(redis);
        var (first, _) = await server.ConnectAsync("/", "jury");
        var (second, _) = await server.ConnectAsync("/", "jury");

        await peer.PublishAsync("""{"method":"emit","event":"vote","data":["film"],"binary":false,"namespace":"/","room":"jury","skip_sid":null,"callback":["jury","/",7],"host_id":"asker"}""");
        await AnswerAsync(second, "\"yes\",{\"points\":3}");

        Assert.Equal("""{"method":"callback","host_id":"asker","sid":"jury","namespace":"/","id":7,"args":["yes",{"points":3}]}""", (await peer.ReceiveAsync()).GetRawText());

        await AnswerAsync(first, "\"no\"");
        await peer.PublishAsync($$"""{"method":"emit","event":"vote","data":["film"],"binary":false,"namespace":"/","room":"jury","skip_sid":null,"callback":["jury","/",8],"host_id":"asker"}""");
        await AnswerAsync(first, "");

        Assert.Equal("""{"method":"callback","host_id":"asker","sid":"jury","namespace":"/","id":8,"args":[]}""", (await peer.ReceiveAsync()).GetRawText());
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_with_binary_data_is_told_nobody()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);
        await using var peer = await FlaskPeer.StartAsync(redis);
        var (client, _) = await server.ConnectAsync();
        server.Logs.Expect("binary data, which cannot be told Python");

        await peer.PublishAsync("""{"method":"emit","event":"vote","data":[],"namespace":"/","room":null,"callback":["all","/",7],"host_id":"asker"}""");
        var question = (await client.ReceiveAsync())!;
        await client.SendAsync($"461-{question[2..question.IndexOf('[', StringComparison.Ordinal)]}[{{\"_placeholder\":true,\"num\":0}}]");
        await client.SendBinaryAsync([1]);

        await Eventually.Async("the answer is dropped", () => server.Count("dropped") == 1);
        await peer.AssertNothingAsync();
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Sockets_are_put_into_rooms_taken_out_and_sent_away()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);
        await using var peer = await FlaskPeer.StartAsync(redis);
        var (client, socket) = await server.ConnectAsync();
        var (stays, other) = await server.ConnectAsync("/", "a", "b");

        await peer.PublishAsync($$"""{"method":"enter_room","sid":"{{socket.Id}}","room":"a","namespace":"/","host_id":"h"}""");
        await peer.PublishAsync($$"""{"method":"enter_room","sid":"{{socket.Id}}","room":"b","namespace":"/","host_id":"h"}""");
        await Eventually.Async("the socket is in both rooms", () => socket.Rooms.Count == 3);

        await peer.PublishAsync($$"""{"method":"leave_room","sid":"{{socket.Id}}","room":"a","namespace":"/","host_id":"h"}""");
        await Eventually.Async("the socket has left one", () => socket.Rooms.SetEquals([socket.Id, "b"]));
        Assert.Equal(3, other.Rooms.Count);

        // As old versions send it, without a host.
        await peer.PublishAsync("""{"method":"close_room","room":"b","namespace":"/"}""");
        await Eventually.Async("nobody is in the other", () => socket.Rooms.Count == 1 && other.Rooms.SetEquals([other.Id, "a"]));

        await peer.PublishAsync($$"""{"method":"disconnect","sid":"{{socket.Id}}","namespace":"/"}""");
        Assert.Equal("41", await client.ReceiveAsync());
        await Eventually.Async("the socket is disconnected", () => !socket.Connected);
        Assert.True(other.Connected);
        await client.DisposeAsync();
        await stays.DisposeAsync();
    }

    [Fact]
    public async Task What_this_server_emits_does_not_come_back_to_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);
        await using var peer = await FlaskPeer.StartAsync(redis);
        var (client, _) = await server.ConnectAsync();

        await server.IO.EmitAsync("once");
        await peer.ReceiveAsync();
        await peer.PublishAsync("""{"method":"emit","event":"end","data":[],"namespace":"/","host_id":"h"}""");

        Assert.Equal("42[\"once\"]", await client.ReceiveAsync());
        Assert.Equal("42[\"end\"]", await client.ReceiveAsync());
        Assert.Equal(1, server.Count("received"));
        await client.DisposeAsync();
    }

    [Fact]
    public async Task What_cannot_be_read_is_skipped_and_counted()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis, options => options.MaxMessageBytes = 10_000);
        await using var peer = await FlaskPeer.StartAsync(redis);
        var (client, _) = await server.ConnectAsync();
        server.Logs.Expect("could not be read");
        string[] poison =
        [
            "",
            "poison",
            "{\"method\":\"emit\"",
            """{"method":"emit","event":"disconnect","data":[],"namespace":"/"}""",
            """{"method":"emit","event":"","data":[],"namespace":"/"}""",
            """{"method":"emit","event":"connect","data":[],"namespace":"/","callback":["a","/",1]}""",
            """{"method":"emit","event":"x","data":[[{"_placeholder":true,"num":5}],"AQI="],"binary":true,"namespace":"/"}""",
            $$"""{"method":"emit","event":"x","data":["{{new string('x', 10_000)}}"],"namespace":"/"}""",
        ];

        foreach (var message in poison)
        {
            await peer.PublishAsync(message);
        }

        await peer.PublishAsync([0xff, 0xfe]);
        await peer.PublishAsync(Encoding.UTF8.GetBytes("""{"method":"emit","event":"end","data":[],"namespace":"/"}"""));

        Assert.Equal("42[\"end\"]", await client.ReceiveAsync());
        await Eventually.Async("all are counted", () => server.Count("invalid") == poison.Length + 1);
        Assert.Single(server.Logs.Entries, static entry => entry is { Level: Microsoft.Extensions.Logging.LogLevel.Warning });
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Pickles_are_dropped_counted_and_told_once()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);
        await using var peer = await FlaskPeer.StartAsync(redis);
        var (client, _) = await server.ConnectAsync();
        server.Logs.Expect("Upgrade it to 5.14");

        for (var i = 0; i < 3; i++)
        {
            await peer.PublishAsync(Convert.FromBase64String("gASVJQAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlH2UjAFhlEsBc3Uu"));
        }

        await Eventually.Async("three are counted", () => server.Count("pickled") == 3);
        Assert.Single(server.Logs.Entries, static entry => entry.Message.Contains("is pickled", StringComparison.Ordinal));
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Without_Redis_clients_hear_each_other_and_with_it_the_bus_comes_back()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);
        var (client, _) = await server.ConnectAsync();
        server.Logs.Expect("Redis");

        await redis.StopAsync();
        await server.IO.EmitAsync("alone");
        Assert.Equal("42[\"alone\"]", await client.ReceiveAsync());

        await redis.StartAgainAsync();
        await using var peer = await FlaskPeer.StartAsync(redis);
        await Eventually.Async("the server hears the bus", async () => await peer.CountAsync() == 2);
        await peer.PublishAsync(Encoding.UTF8.GetBytes("""{"method":"emit","event":"together","data":[],"namespace":"/"}"""));
        Assert.Equal("42[\"together\"]", await client.ReceiveAsync());
        await client.DisposeAsync();
    }

    [Fact]
    public async Task The_bus_makes_no_namespaces()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);
        await using var peer = await FlaskPeer.StartAsync(redis);

        await peer.PublishAsync("""{"method":"emit","event":"x","data":[],"namespace":"/unknown","host_id":"h"}""");

        await Eventually.Async("the message is read", () => server.Count("received") == 1);
        Assert.Equal(["/", "/other"], server.IO.Namespaces.Select(static space => space.Name).Order(StringComparer.Ordinal));
    }

    private static async Task AnswerAsync(RawClient client, string arguments)
    {
        var question = (await client.ReceiveAsync())!;
        Assert.EndsWith("[\"vote\",\"film\"]", question, StringComparison.Ordinal);
        await client.SendAsync($"43{question[2..question.IndexOf('[', StringComparison.Ordinal)]}[{arguments}]");
    }
}
