using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>What this server tells the others on the bus, to the letter, and what it does not.</summary>
public class FlaskPublishTests
{
    // As Python makes them.
    private const string PythonSid = "kUOoyu8_5nEFrDnZAAAB";

    [Fact]
    public async Task Events_are_published_as_Python_would()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);
        await using var peer = await FlaskPeer.StartAsync(redis);
        var (client, socket) = await server.ConnectAsync();
        var io = server.IO;

        await CheckAsync(io.EmitAsync("e"), """{"method":"emit","event":"e","data":[],"binary":false,"namespace":"/","room":null,"skip_sid":null,"callback":null}""");
        await CheckAsync(io.To("a").EmitAsync("e", new { x = 1 }), """{"method":"emit","event":"e","data":[{"x":1}],"binary":false,"namespace":"/","room":"a","skip_sid":null,"callback":null}""");
        await CheckAsync(io.To("a", "b").EmitAsync("e", 1, "two", (int[])[3]), """{"method":"emit","event":"e","data":[1,"two",[3]],"binary":false,"namespace":"/","room":["a","b"],"skip_sid":null,"callback":null}""");
        await CheckAsync(io.To(PythonSid).EmitAsync("e", (int[])[1]), $$"""{"method":"emit","event":"e","data":[[1]],"binary":false,"namespace":"/","room":"{{PythonSid}}","skip_sid":null,"callback":null}""");
        await CheckAsync(io.Except(PythonSid).EmitAsync("e"), $$"""{"method":"emit","event":"e","data":[],"binary":false,"namespace":"/","room":null,"skip_sid":["{{PythonSid}}"],"callback":null}""");
        await CheckAsync(socket.Broadcast.EmitAsync("e"), """{"method":"emit","event":"e","data":[],"binary":false,"namespace":"/","room":null,"skip_sid":null,"callback":null}""");
        await CheckAsync(socket.To("a", socket.Id).EmitAsync("e"), """{"method":"emit","event":"e","data":[],"binary":false,"namespace":"/","room":"a","skip_sid":null,"callback":null}""");
        await CheckAsync(io.Of("/other").EmitAsync("e", new byte[] { 1, 2 }, new byte[] { 3 }), """{"method":"emit","event":"e","data":[[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}],"AQI=","Aw=="],"binary":true,"namespace":"/other","room":null,"skip_sid":null,"callback":null}""");
        await client.DisposeAsync();

        async Task CheckAsync(Task emitting, string expected)
        {
            await emitting;
            Assert.Equal(expected, await peer.ReceiveTextAsync());
        }
    }

    [Fact]
    public async Task What_concerns_nobody_else_is_not_published()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);
        await using var peer = await FlaskPeer.StartAsync(redis);
        var (client, socket) = await server.ConnectAsync("/", "a");

        await server.IO.Local.EmitAsync("local");
        await server.IO.To(socket.Id).EmitAsync("to one who is here");
        await socket.EmitAsync("to one");
        await server.IO.To("a").SocketsJoinAsync("b");
        await server.IO.In(socket.Id).SocketsLeaveAsync("b");
        var asked = server.IO.To("a").EmitWithAckAsync<int>("ask");

        await peer.AssertNothingAsync();
        await server.IO.In(socket.Id).DisconnectSocketsAsync();
        await peer.AssertNothingAsync();
        Assert.Empty(await asked.Soon());
        await client.DisposeAsync();
    }

    [Fact]
    public async Task With_nothing_to_publish_the_bus_is_only_heard()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis, options => options.Publish = false);
        await using var peer = await FlaskPeer.StartAsync(redis);
        var (client, _) = await server.ConnectAsync();

        await server.IO.EmitAsync("ours");
        await peer.PublishAsync("""{"method":"emit","event":"theirs","data":[],"namespace":"/"}""");

        Assert.Equal("42[\"ours\"]", await client.ReceiveAsync());
        Assert.Equal("42[\"theirs\"]", await client.ReceiveAsync());
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData("[{\"a\":1}]", "{\"a\":1}")]
    [InlineData("[\"x\"]", "\"x\"")]
    [InlineData("[]", "null")]
    [InlineData("[[1]]", "[[1]]")]
    [InlineData("[1,2]", "[1,2]")]
    public async Task Old_versions_get_a_single_argument_as_it_is(string arguments, string data)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis, options => options.WriteForOldPython = true);
        await using var peer = await FlaskPeer.StartAsync(redis);

        var elements = System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement[]>(arguments)!;
        await server.IO.EmitAsync("e", [.. elements.Select(static element => (object?)element)]);

        Assert.Equal(data, (await peer.ReceiveAsync()).GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Single_sockets_elsewhere_are_moved_and_sent_away()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);
        await using var peer = await FlaskPeer.StartAsync(redis);
        var io = server.IO;

        await io.In(PythonSid).SocketsJoinAsync("a", "b");
        Assert.Equal($$"""{"method":"enter_room","sid":"{{PythonSid}}","room":"a","namespace":"/"}""", await peer.ReceiveTextAsync());
        Assert.Equal($$"""{"method":"enter_room","sid":"{{PythonSid}}","room":"b","namespace":"/"}""", await peer.ReceiveTextAsync());

        await io.In(PythonSid).SocketsLeaveAsync("a");
        Assert.Equal($$"""{"method":"leave_room","sid":"{{PythonSid}}","room":"a","namespace":"/"}""", await peer.ReceiveTextAsync());

        await io.In("a").SocketsLeaveAsync("a");
        Assert.Equal("""{"method":"close_room","room":"a","namespace":"/"}""", await peer.ReceiveTextAsync());

        await io.Of("/other").In(PythonSid).DisconnectSocketsAsync();
        Assert.Equal($$"""{"method":"disconnect","sid":"{{PythonSid}}","namespace":"/other"}""", await peer.ReceiveTextAsync());

        await io.In("a").SocketsLeaveAsync("b");
        await io.DisconnectSocketsAsync();
        await peer.AssertNothingAsync();
    }

    [Fact]
    public async Task One_client_elsewhere_can_be_asked()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);
        await using var peer = await FlaskPeer.StartAsync(redis);

        var asked = server.IO.To(PythonSid).Timeout(TimeSpan.FromMinutes(1)).EmitWithAckAsync<int>("add", 40, 2);
        var question = await peer.ReceiveAsync();
        var callback = question.GetProperty("callback");
        Assert.Equal((PythonSid, "/"), (callback[0].GetString(), callback[1].GetString()));

        await peer.PublishAsync($$"""{"method":"callback","host_id":"somebody else","sid":"{{PythonSid}}","namespace":"/","id":{{callback[2]}},"args":[41]}""");
        await peer.PublishAsync($$"""{"method":"callback","host_id":{{question.GetProperty("host_id").GetRawText()}},"sid":"{{PythonSid}}","namespace":"/","id":{{callback[2]}},"args":[42]}""");

        var answers = await asked.Soon();
        Assert.Equal([42], answers);
        Assert.True(answers.IsComplete);
    }

    [Fact]
    public async Task Who_is_nowhere_does_not_answer()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await FlaskServer.StartAsync(redis);

        var answers = await server.IO.To(PythonSid).Timeout(TimeSpan.FromMilliseconds(100)).EmitWithAckAsync<int>("add", 40, 2).Soon();

        Assert.Empty(answers);
        Assert.Equal(0, answers.RecipientCount);
    }
}
