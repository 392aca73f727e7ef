using Salon.Redis;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>
/// The bus with python-socketio itself: 5.7 of Debian bookworm and 5.12 of trixie, which pickle, and that of sid, which is 5.14 or later.
/// </summary>
public class FlaskPythonTests
{
    [Theory]
    [InlineData("bookworm")]
    [InlineData("trixie")]
    [InlineData("sid")]
    public async Task A_process_that_only_emits_reaches_our_clients(string version)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis, version);
        var (client, _) = await server.ConnectAsync("/", "a");
        var (other, _) = await server.ConnectAsync("/other");

        await PythonServer.EmitAsync(redis, version);

        Assert.Equal("""42["to all",{"a":[1,"€",null]}]""", Normalize(await client.ReceiveAsync()));
        Assert.Equal("""42["to a room","several",2]""", Normalize(await client.ReceiveAsync()));
        Assert.Equal("""451-["binary",{"_placeholder":true,"num":0}]""", await client.ReceiveAsync());
        Assert.Equal("bAQI=", await client.ReceiveAsync());
        Assert.Equal("""42["a list",[1,2]]""", Normalize(await client.ReceiveAsync()));
        Assert.Equal("""42["nothing"]""", await client.ReceiveAsync());
        Assert.Equal("""42["end"]""", await client.ReceiveAsync());
        Assert.Equal("""42/other,["elsewhere",1]""", await other.ReceiveAsync());
        await client.DisposeAsync();
        await other.DisposeAsync();
    }

    [Fact]
    public async Task Flask_SocketIO_finds_us_with_its_own_defaults()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis, "bookworm");
        var (client, _) = await server.ConnectAsync("/", "a");

        await PythonServer.EmitFromFlaskAsync(redis);

        Assert.Equal("""42["from Flask",{"x":1}]""", Normalize(await client.ReceiveAsync()));
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData("bookworm")]
    [InlineData("trixie")]
    [InlineData("sid")]
    public async Task A_Python_process_reaches_our_clients(string version)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis, version);
        var (client, socket) = await server.ConnectAsync("/", "a");
        var (other, _) = await server.ConnectAsync("/", "a");
        var (process, python) = await PythonServer.StartAsync(redis, version);

        await python.DoAsync("""["join","a"]""");
        await python.StartAsync($$"""["emit","news",[1],{"room":"a","skip_sid":"{{socket.Id}}"}]""");
        Assert.Equal("""42["news",1]""", await other.ReceiveAsync());
        Assert.Equal("""42["news",1]""", await python.ReceiveAsync());

        await python.StartAsync($$"""["emit","just you",[{"$bytes":"AQI="}],{"room":"{{socket.Id}}"}]""");
        Assert.Equal("""451-["just you",{"_placeholder":true,"num":0}]""", await client.ReceiveAsync());
        Assert.Equal("bAQI=", await client.ReceiveAsync());

        await python.StartAsync($$"""["ask","add",[40,2],"{{socket.Id}}"]""");
        var question = (await client.ReceiveAsync())!;
        Assert.EndsWith("""["add",40,2]""", question, StringComparison.Ordinal);
        await client.SendAsync($"43{question[2..question.IndexOf('[', StringComparison.Ordinal)]}[42,\"sure\"]");
        Assert.Equal("""42["answered",[42,"sure"]]""", await python.ReceiveAsync());

        await python.StartAsync("""["close","a"]""");
        await Eventually.Async("our socket is in no room", () => socket.Rooms.Count == 1);

        await python.StartAsync($$"""["send away","{{socket.Id}}"]""");
        Assert.Equal("41", await client.ReceiveAsync());

        await client.DisposeAsync();
        await other.DisposeAsync();
        await python.DisposeAsync();
        await process.DisposeAsync();
    }

    // 5.7 does not know how to move sockets of other processes.
    [Theory]
    [InlineData("trixie")]
    [InlineData("sid")]
    public async Task Sockets_are_moved_in_both_directions(string version)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis, version);
        var (client, socket) = await server.ConnectAsync();
        var (process, python) = await PythonServer.StartAsync(redis, version);

        await python.StartAsync($$"""["enter","{{socket.Id}}","a"]""");
        await Eventually.Async("our socket is in the room", () => socket.Rooms.Contains("a"));
        await python.StartAsync($$"""["leave","{{socket.Id}}","a"]""");
        await Eventually.Async("our socket has left the room", () => socket.Rooms.Count == 1);

        await server.IO.In(python.Sid).SocketsJoinAsync("b");
        await Eventually.Async("Python's socket is in the room", async () => (await python.DoAsync("""["rooms"]""")).Contains("\"b\"", StringComparison.Ordinal));
        await server.IO.In(python.Sid).SocketsLeaveAsync("b");
        await Eventually.Async("Python's socket has left the room", async () => !(await python.DoAsync("""["rooms"]""")).Contains("\"b\"", StringComparison.Ordinal));

        await client.DisposeAsync();
        await python.DisposeAsync();
        await process.DisposeAsync();
    }

    [Theory]
    [InlineData("bookworm")]
    [InlineData("trixie")]
    [InlineData("sid")]
    public async Task We_reach_the_clients_of_a_Python_process(string version)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis, version, forOldPython: version != "sid");
        var (process, python) = await PythonServer.StartAsync(redis, version);
        var elsewhere = await process.ConnectAsync("/other");
        var io = server.IO;
        await python.DoAsync("""["join","a"]""");

        await io.EmitAsync("to all", new { x = 1, y = "€" });
        await io.Of("/other").EmitAsync("in the other namespace");
        await io.To("b").EmitAsync("not for you");
        await io.Except(python.Sid).EmitAsync("not for you either");
        await io.To("a", "b").EmitAsync("to rooms", "x");
        await io.To(python.Sid).EmitAsync("to you");

        Assert.Equal("""42["to all",{"x":1,"y":"€"}]""", Normalize(await python.ReceiveAsync()));
        Assert.Equal("""42["to rooms","x"]""", await python.ReceiveAsync());
        Assert.Equal("""42["to you"]""", await python.ReceiveAsync());
        Assert.Equal("""42/other,["in the other namespace"]""", await elsewhere.ReceiveAsync());

        var asking = io.To(python.Sid).EmitWithAckAsync<int>("add", 40);
        await python.AnswerAsync((await python.ReceiveAsync())!, "[42]");
        Assert.Equal([42], await asking.Soon());

        await io.In("a").SocketsLeaveAsync("a");
        await Eventually.Async("the room is closed", async () => !(await python.DoAsync("""["rooms"]""")).Contains("\"a\"", StringComparison.Ordinal));

        await io.In(python.Sid).DisconnectSocketsAsync();
        Assert.Equal("41", await python.ReceiveAsync());

        await elsewhere.DisposeAsync();
        await python.DisposeAsync();
        await process.DisposeAsync();
    }

    [Fact]
    public async Task The_form_of_today_reaches_Python_of_today_whole()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis, "sid");
        var (process, python) = await PythonServer.StartAsync(redis, "sid");

        await server.IO.EmitAsync("several", 1, "two", (int[])[3]);
        await server.IO.EmitAsync("a list", (object?)(int[])[1, 2]);
        await server.IO.EmitAsync("binary", new byte[] { 1, 2 }, new { deep = new byte[] { 3 } });

        Assert.Equal("""42["several",1,"two",[3]]""", await python.ReceiveAsync());
        Assert.Equal("""42["a list",[1,2]]""", await python.ReceiveAsync());
        Assert.Equal("""452-["binary",{"_placeholder":true,"num":0},{"deep":{"_placeholder":true,"num":1}}]""", await python.ReceiveAsync());
        Assert.Equal("bAQI=", await python.ReceiveAsync());
        Assert.Equal("bAw==", await python.ReceiveAsync());
        await python.DisposeAsync();
        await process.DisposeAsync();
    }

    /// <summary>What docs/guides/flask.md says of old versions.</summary>
    [Theory]
    [InlineData("bookworm")]
    [InlineData("trixie")]
    public async Task Old_versions_get_several_arguments_as_one_list(string version)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis, version);
        await using var forOld = await StartAsync(redis, version, forOldPython: true);
        var (process, python) = await PythonServer.StartAsync(redis, version);

        await server.IO.EmitAsync("one", 1);
        Assert.Equal("""42["one",[1]]""", await python.ReceiveAsync());
        await forOld.IO.EmitAsync("one", 1);
        Assert.Equal("""42["one",1]""", await python.ReceiveAsync());
        await forOld.IO.EmitAsync("two", 1, 2);
        Assert.Equal("""42["two",[1,2]]""", await python.ReceiveAsync());
        await forOld.IO.EmitAsync("a list", (object?)(int[])[1, 2]);
        Assert.Equal("""42["a list",[[1,2]]]""", await python.ReceiveAsync());
        await python.DisposeAsync();
        await process.DisposeAsync();
    }

    [Fact]
    public async Task What_is_no_plain_data_is_refused_and_the_rest_goes_on()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis, "bookworm");
        await using var peer = new RedisClient(RedisOptions.Parse(redis.Url));
        var (client, _) = await server.ConnectAsync("/", "a");
        server.Logs.Expect("could not be read");

        // An object that calls os.system when it is read.
        await peer.PublishAsync("flask-socketio", Convert.FromBase64String("gASVOgAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlIwFcG9zaXiUjAZzeXN0ZW2Uk5SMBHRydWWUhZRSlHUu"));
        await PythonServer.EmitAsync(redis, "bookworm");

        Assert.StartsWith("""42["to all",""", await client.ReceiveAsync());
        Assert.Equal(1, server.Count("invalid"));
        await client.DisposeAsync();
    }

    private static Task<FlaskServer> StartAsync(RedisServer redis, string version, bool forOldPython = false) => FlaskServer.StartAsync(redis, options =>
    {
        options.ReadPickle = version != "sid";
        options.WriteForOldPython = forOldPython;
    });

    // Python writes spaces and escapes that others leave out.
    private static string? Normalize(string? packet) =>
        packet?.Replace(": ", ":", StringComparison.Ordinal).Replace(", ", ",", StringComparison.Ordinal).Replace("\\u20ac", "€", StringComparison.Ordinal);
}
