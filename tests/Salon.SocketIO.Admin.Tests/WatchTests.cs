using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Admin.Tests;

/// <summary>What administrators see, and what they may do.</summary>
public class WatchTests
{
    [Theory]
    [EachTransport]
    public async Task Those_who_are_there_already_are_described_without_their_secrets(string transport)
    {
        await using var server = await AdminServer.StartAsync();
        var (client, id) = await server.ConnectAsync(transport);
        await using var connected = client;
        await using var admin = await server.AdministerAsync(transport);

        var config = (await admin.ReceiveAsync("config", static _ => true, "session"))[0];
        Assert.Equal(
            ["EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE", "MDISCONNECT", "AGGREGATED_EVENTS", "ALL_EVENTS"],
            config.GetProperty("supportedFeatures").EnumerateArray().Select(static feature => feature.GetString()));

        var sockets = (await admin.ReceiveAsync("all_sockets"))[0];
        var socket = sockets.EnumerateArray().Single(socket => socket.GetProperty("id").GetString() == id);
        Assert.Equal("/", socket.GetProperty("nsp").GetString());
        Assert.Equal(transport, socket.GetProperty("transport").GetString());
        Assert.Equal("{\"user\":\"Alice\",\"object\":\"(Object)\"}", socket.GetProperty("data").GetRawText());
        Assert.Equal([id], socket.GetProperty("rooms").EnumerateArray().Select(static room => room.GetString()));
        Assert.Equal(12, socket.GetProperty("clientId").GetString()!.Length);
        Assert.False(client.SessionId.StartsWith(socket.GetProperty("clientId").GetString()!, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", sockets.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(client.SessionId, sockets.GetRawText(), StringComparison.Ordinal);

        var handshake = socket.GetProperty("handshake");
        Assert.Equal("/socket.io/", handshake.GetProperty("url").GetString());
        Assert.Equal("4", handshake.GetProperty("query").GetProperty("EIO").GetString());
        Assert.False(handshake.GetProperty("secure").GetBoolean());
    }

    [Theory]
    [EachTransport]
    public async Task Numbers_come_every_two_seconds(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await AdminServer.StartAsync(static options => options.ServerId = "node-1", time);
        await using var admin = await server.AdministerAsync(transport);
        await admin.ReceiveAsync("server_stats", null, "session", "config");
        var (client, _) = await server.ConnectAsync(transport);
        await using var connected = client;
        await client.SendAsync("421[\"echo\",1]");
        Assert.Equal("431[1]", await client.ReceiveAsync());

        time.Advance(TimeSpan.FromSeconds(2));
        var stats = (await admin.ReceiveAsync("server_stats", null, "all_sockets", "event_received", "socket_connected"))[0];

        Assert.Equal("node-1", stats.GetProperty("serverId").GetString());
        Assert.Equal(2, stats.GetProperty("clientsCount").GetInt32());
        Assert.Equal(transport == "polling" ? 2 : 0, stats.GetProperty("pollingClientsCount").GetInt32());
        Assert.Equal(2, stats.GetProperty("uptime").GetDouble());
        var counted = stats.GetProperty("aggregatedEvents").EnumerateArray().ToDictionary(static item => item.GetProperty("type").GetString()!, static item => item.GetProperty("count").GetInt64());
        Assert.Equal(1, counted["rawConnection"]);
        Assert.InRange(counted["packetsIn"], 2, 10);
        Assert.InRange(counted["bytesOut"], 20, 10_000);
        Assert.Equal(
            ["/ 1", "/admin 1"],
            stats.GetProperty("namespaces").EnumerateArray().Select(static space => $"{space.GetProperty("name").GetString()} {space.GetProperty("socketsCount").GetInt32()}").Order());

        await client.SendAsync("1");
        await Eventually.Async("it is gone", () => server.IO.Engine.ClientsCount == 1);
        time.Advance(TimeSpan.FromSeconds(2));
        stats = (await admin.ReceiveAsync("server_stats", null, "socket_disconnected", "room_left"))[0];
        var left = stats.GetProperty("aggregatedEvents").EnumerateArray().Single(static item => item.GetProperty("type").GetString() == "rawDisconnection");
        Assert.Equal("transport close", left.GetProperty("subType").GetString());
    }

    [Theory]
    [EachTransport]
    public async Task Comings_goings_rooms_and_events_are_told(string transport)
    {
        await using var server = await AdminServer.StartAsync();
        await using var admin = await server.AdministerAsync(transport);
        await admin.ReceiveAsync("all_sockets", null, "session", "config");

        var (client, id) = await server.ConnectAsync(transport);
        await using var connected = client;
        var came = await admin.ReceiveAsync("socket_connected", arguments => arguments[0].GetProperty("id").GetString() == id);
        Assert.True(DateTimeOffset.TryParse(came[1].GetString(), out _));

        await client.SendAsync("42[\"join\",\"room\"]");
        Assert.Equal(["/", id, "[\"join\",\"room\"]"], Texts(await admin.ReceiveAsync("event_received"))[..3]);
        Assert.Equal(["/", "room", id], Texts(await admin.ReceiveAsync("room_joined"))[..3]);

        await server.IO.To("room").EmitAsync("news", 1, new { two = 2 }, new string('x', 5000));
        Assert.Equal(["/", id, "[\"news\",1,{\"two\":2},\"(5002 bytes)\"]"], Texts(await admin.ReceiveAsync("event_sent"))[..3]);

        await client.SendAsync("42[\"leave\",\"room\"]");
        await admin.ReceiveAsync("event_received");
        Assert.Equal(["/", "room", id], Texts(await admin.ReceiveAsync("room_left"))[..3]);

        await client.SendAsync("451-[\"echo\",{\"_placeholder\":true,\"num\":0}]");
        await client.SendBinaryAsync([1, 2, 3]);
        Assert.Equal("[\"echo\",{\"_placeholder\":true,\"num\":0}]", Texts(await admin.ReceiveAsync("event_received"))[2]);

        await client.SendAsync("41");
        Assert.Equal(["/", id, "client namespace disconnect"], Texts(await admin.ReceiveAsync("socket_disconnected"))[..3]);
    }

    [Fact]
    public async Task An_upgrade_is_told()
    {
        await using var server = await AdminServer.StartAsync();
        var (client, id) = await server.ConnectAsync("polling");
        await using var connected = client;
        await using var admin = await server.AdministerAsync("websocket");
        await admin.ReceiveAsync("all_sockets", null, "session", "config");

        await using var webSocket = await RawWebSocketClient.ConnectAsync(server.Http.BaseAddress!, "/socket.io/", client.SessionId);
        await webSocket.SendAsync("2probe");
        Assert.Equal("3probe", await webSocket.ReceiveAsync());
        await webSocket.SendAsync("5");

        Assert.Equal($"{{\"id\":\"{id}\",\"nsp\":\"/\",\"transport\":\"websocket\"}}", (await admin.ReceiveAsync("socket_updated"))[0].GetRawText());
    }

    [Theory]
    [EachTransport]
    public async Task They_let_sockets_join_leave_and_go_and_emit_to_them(string transport)
    {
        await using var server = await AdminServer.StartAsync();
        var (client, id) = await server.ConnectAsync(transport);
        await using var connected = client;
        var (other, _) = await server.ConnectAsync(transport);
        await using var alsoConnected = other;
        await using var admin = await server.AdministerAsync(transport);
        await admin.ReceiveAsync("all_sockets", null, "session", "config");
        var socket = server.IO.Sockets.Sockets[id];

        await admin.SendAsync($"[\"join\",\"/\",\"room\",\"{id}\"]");
        await admin.ReceiveAsync("room_joined");
        Assert.Contains("room", socket.Rooms);

        await admin.SendAsync("""["emit","/","room","news",{"a":1},[2]]""");
        Assert.Equal("42[\"news\",{\"a\":1},[2]]", await client.ReceiveAsync());
        await admin.SendAsync("""["emit","/",null,"to all"]""");
        Assert.Equal("42[\"to all\"]", await client.ReceiveAsync());
        Assert.Equal("42[\"to all\"]", await other.ReceiveAsync());

        await admin.SendAsync("""["leave","/","room"]""");
        await Eventually.Async("it has left", () => !socket.Rooms.Contains("room"));

        await admin.SendAsync($"[\"_disconnect\",\"/\",false,\"{id}\"]");
        Assert.Equal("41", await client.ReceiveAsync());
        await admin.SendAsync("""["_disconnect","/",true]""");
        Assert.Equal("41", await other.ReceiveAsync());
        await other.WaitUntilClosedAsync();
        await Eventually.Async("only the administrator and who left the namespace are there", () => server.IO.Engine.ClientsCount == 2);
    }

    [Theory]
    [InlineData("""["join"]""", "invalid_argument")]
    [InlineData("""["join","/",7]""", "invalid_argument")]
    [InlineData("""["join","/nowhere","room"]""", "unknown_namespace")]
    [InlineData("""["_disconnect",null]""", "invalid_argument")]
    [InlineData("""["emit","/",null,"disconnect"]""", "invalid_argument")]
    [InlineData("""["emit","/",null,""]""", "invalid_argument")]
    [InlineData("""["fetch all passwords"]""", "unknown_event")]
    public async Task Nonsense_is_answered_and_does_nothing(string command, string code)
    {
        await using var server = await AdminServer.StartAsync();
        server.Logs.Expect("join");
        server.Logs.Expect("_disconnect");
        server.Logs.Expect("emit");
        await using var admin = await server.AdministerAsync("websocket");
        await admin.ReceiveAsync("all_sockets", null, "session", "config");

        await admin.Client.SendAsync("42/admin,1" + command);
        string? answer;

        while ((answer = await admin.Client.ReceiveAsync())?.StartsWith("43/admin,1", StringComparison.Ordinal) == false)
        {
        }

        Assert.Contains($"\"code\":\"{code}\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("/nowhere", server.IO.Namespaces.Select(static space => space.Name));
    }

    [Fact]
    public async Task Who_may_only_look_can_do_nothing()
    {
        await using var server = await AdminServer.StartAsync(static options => (options.IsReadOnly, options.Mode) = (true, AdminMode.Production));
        var (client, _) = await server.ConnectAsync("websocket");
        await using var connected = client;
        await using var admin = await server.AdministerAsync("websocket");

        Assert.Equal("{\"supportedFeatures\":[\"AGGREGATED_EVENTS\"]}", (await admin.ReceiveAsync("config", null, "session"))[0].GetRawText());
        await admin.SendAsync("""["_disconnect","/",true]""");
        await admin.Client.SendAsync("42/admin,1[\"join\",\"/\",\"room\"]");

        // Neither sockets nor events are told, and the command is not known.
        Assert.StartsWith("42/admin,[\"server_stats\"", await admin.Client.ReceiveAsync());
        Assert.Contains("unknown_event", await admin.Client.ReceiveAsync());
        Assert.True(server.IO.Sockets.Sockets.Values.Single().Connected);
    }

    [Fact]
    public async Task More_than_can_be_shown_is_counted_only()
    {
        await using var server = await AdminServer.StartAsync(static options => (options.MaxSockets, options.MaxEventsPerSecond) = (3, 5), new ManualTimeProvider());
        var clients = new List<RawClient>();

        for (var i = 0; i < 10; i++)
        {
            clients.Add((await server.ConnectAsync("websocket")).Client);
        }

        await using var admin = await server.AdministerAsync("websocket");
        var stats = (await admin.ReceiveAsync("server_stats", null, "session", "config"))[0];
        Assert.Equal(11, stats.GetProperty("clientsCount").GetInt32());
        Assert.Equal(3, (await admin.ReceiveAsync("all_sockets"))[0].GetArrayLength());

        foreach (var client in clients)
        {
            await client.SendAsync("421[\"echo\"]", "422[\"echo\"]", "423[\"echo\"]");

            for (var i = 1; i <= 3; i++)
            {
                Assert.Equal($"43{i}[]", await client.ReceiveAsync());
            }
        }

        await admin.Client.SendAsync("42/admin,1[\"ping\"]");
        var told = 0;

        while ((await admin.Client.ReceiveAsync())!.StartsWith("42/admin,[\"event_received\"", StringComparison.Ordinal))
        {
            told++;
        }

        Assert.Equal(5, told);

        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task Old_clients_whose_ids_are_secrets_are_counted_only()
    {
        await using var server = await AdminServer.StartAsync();
        using var old = new System.Net.WebSockets.ClientWebSocket();
        await old.ConnectAsync(new Uri($"ws://{server.Http.BaseAddress!.Authority}/socket.io/?EIO=3&transport=websocket"), CancellationToken.None);
        await Eventually.Async("the old client is connected", () => server.IO.Sockets.Sockets.Count == 1);
        await using var admin = await server.AdministerAsync("websocket");

        Assert.Equal(2, (await admin.ReceiveAsync("server_stats", null, "session", "config"))[0].GetProperty("clientsCount").GetInt32());
        var shown = (await admin.ReceiveAsync("all_sockets"))[0];
        Assert.DoesNotContain(server.IO.Sockets.Sockets.Keys.Single(), shown.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Namespaces_that_clients_made_and_left_are_let_go()
    {
        var time = new ManualTimeProvider();
        await using var server = await AdminServer.StartAsync(time: time);
        server.IO.Of(new System.Text.RegularExpressions.Regex("^/child$"));
        await using var admin = await server.AdministerAsync("websocket");
        await admin.ReceiveAsync("all_sockets", null, "session", "config");

        for (var i = 0; i < 3; i++)
        {
            await using var client = await server.OpenAsync("websocket");
            await client.SendAsync("40/child,");
            Assert.StartsWith("40/child,{", await client.ReceiveAsync());
            await admin.ReceiveAsync("socket_connected", static arguments => arguments[0].GetProperty("nsp").GetString() == "/child", "socket_disconnected");
            await client.SendAsync("41/child,");
            await Eventually.Async("the namespace has gone", () => server.IO.Namespaces.All(static space => space.Name != "/child"));
            time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.DoesNotContain("/child", (await admin.ReceiveAsync("server_stats", null, "socket_disconnected"))[0].GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_last_one_leaves_nothing_is_watched_any_more()
    {
        await using var server = await AdminServer.StartAsync();
        var (client, id) = await server.ConnectAsync("websocket");
        await using var connected = client;
        var socket = server.IO.Sockets.Sockets[id];

        await using (var admin = await server.AdministerAsync("websocket"))
        {
            await admin.ReceiveAsync("all_sockets", null, "session", "config");
            Assert.NotEmpty(socket.ListenersAny());
            await admin.Client.SendAsync("41/admin,");
            await Eventually.Async("nothing listens", () => socket.ListenersAny().Count == 0 && socket.ListenersAnyOutgoing().Count == 0);
        }

        await using var back = await server.AdministerAsync("websocket");
        Assert.Single((await back.ReceiveAsync("all_sockets", null, "session", "config"))[0].EnumerateArray(), item => item.GetProperty("id").GetString() == id);
    }

    private static string[] Texts(JsonElement[] arguments) =>
        [.. arguments.Select(static argument => argument.ValueKind == JsonValueKind.String ? argument.GetString()! : argument.GetRawText())];
}
