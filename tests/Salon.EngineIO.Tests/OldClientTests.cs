using System.Net;
using System.Net.WebSockets;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>Clients of Engine.IO v3: the cases of the official v3 suite, and garbage.</summary>
public class OldClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private static Task<EchoServer> StartAsync(TimeProvider? time = null) => EchoServer.StartAsync(
        options =>
        {
            options.AllowEIO3 = true;

            // What is measured here is the heartbeat.
            options.FirstRequestTimeout = TimeSpan.FromHours(1);
        },
        time);

    [Theory]
    [EachTransport]
    public async Task A_session_is_opened(string transport)
    {
        await using var server = await StartAsync();
        await using var client = await OldClient.OpenAsync(server, transport);

        Assert.Equal(transport == "polling" ? 1 : 0, client.Handshake.GetProperty("upgrades").GetArrayLength());
        Assert.Equal(25_000, client.Handshake.GetProperty("pingInterval").GetInt32());
        Assert.Equal(20_000, client.Handshake.GetProperty("pingTimeout").GetInt32());
        Assert.Equal(3, Assert.Single(server.Sessions).Protocol);
    }

    [Theory]
    [InlineData("GET", "EIO=3")]
    [InlineData("GET", "EIO=3&transport=abc")]
    [InlineData("POST", "EIO=3&transport=polling")]
    public async Task A_bad_handshake_is_refused(string method, string query)
    {
        await using var server = await StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{EchoServer.Path}?{query}");
        using var response = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("EIO=3")]
    [InlineData("EIO=3&transport=abc")]
    public async Task A_bad_websocket_handshake_is_refused(string query)
    {
        await using var server = await StartAsync();
        using var webSocket = new ClientWebSocket();

        await Assert.ThrowsAsync<WebSocketException>(
            () => webSocket.ConnectAsync(new Uri($"ws://{server.Uri.Authority}{EchoServer.Path}?{query}"), CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("&EIO=abc")]
    public async Task Whoever_does_not_say_otherwise_is_old(string version)
    {
        await using var server = await StartAsync();

        Assert.Matches("^\\d+:0", await server.Http.GetStringAsync($"{EchoServer.Path}?transport=polling{version}"));
    }

    [Theory]
    [EachTransport]
    public async Task They_are_refused_unless_allowed(string transport)
    {
        await using var server = await EchoServer.StartAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => OldClient.OpenAsync(server, transport));
        Assert.Contains("Unsupported protocol version", await (await server.Http.GetAsync($"{EchoServer.Path}?EIO=3&transport=polling")).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("6:4hello")]
    [InlineData("6:4test16:4test26:4test3")]
    [InlineData("6:4hello10:b4AQIDBA==")]
    [InlineData("3:4😀2:4€")]
    public async Task A_text_payload_comes_back(string payload)
    {
        await using var server = await StartAsync();
        await using var client = await OldClient.OpenAsync(server, "polling", "&b64=1");
        using var post = await client.PostAsync(payload);

        Assert.Equal("ok", await post.Content.ReadAsStringAsync());
        Assert.Equal(payload, await client.PollAsync());
    }

    [Fact]
    public async Task Who_can_read_binary_gets_a_binary_payload()
    {
        byte[] expected = [0, 6, 255, .. "4hello"u8, 1, 5, 255, 4, 1, 2, 3, 4];
        await using var server = await StartAsync();
        await using var client = await OldClient.OpenAsync(server, "polling");

        foreach (var isBinary in new[] { false, true })
        {
            using var post = await (isBinary ? client.PostAsync(expected) : client.PostAsync("6:4hello10:b4AQIDBA=="));
            Assert.Equal(HttpStatusCode.OK, post.StatusCode);

            using var poll = await client.GetAsync();
            Assert.Equal("application/octet-stream", poll.Content.Headers.ContentType!.ToString());
            Assert.Equal(expected, await poll.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("1:9")]
    [InlineData("4hello")]
    [InlineData("99999999:4hello")]
    public async Task A_malformed_payload_closes_the_session(string payload)
    {
        await using var server = await StartAsync();
        await using var client = await OldClient.OpenAsync(server, "polling");
        using var post = await client.PostAsync(payload);
        Assert.Equal(HttpStatusCode.BadRequest, post.StatusCode);
        Assert.Equal(CloseReason.ParseError, await server.WaitForCloseAsync());

        await server.AssertServesAsync();
    }

    [Fact]
    public async Task Text_and_binary_come_back_over_a_websocket()
    {
        await using var server = await StartAsync();
        await using var client = await OldClient.OpenAsync(server, "websocket");

        await client.SendAsync("4hello");
        Assert.Equal("4hello", await client.ReceiveAsync());

        await client.SendAsync([4, 1, 2, 3, 4]);
        Assert.Equal("0401020304", await client.ReceiveAsync());

        await client.SendAsync("b4AQIDBA==");
        Assert.Equal("0401020304", await client.ReceiveAsync());
    }

    [Fact]
    public async Task Who_can_read_only_text_gets_base64_over_a_websocket_too()
    {
        await using var server = await StartAsync();
        await using var client = await OldClient.OpenAsync(server, "websocket", "&b64=1");

        await client.SendAsync([4, 1, 2, 3, 4]);
        Assert.Equal("b4AQIDBA==", await client.ReceiveAsync());
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("b9AQ==")]
    public async Task A_malformed_frame_closes_the_session(string frame)
    {
        await using var server = await StartAsync();
        await using var client = await OldClient.OpenAsync(server, "websocket");

        await client.SendAsync(frame);

        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(CloseReason.ParseError, await server.WaitForCloseAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("34")]
    public async Task A_malformed_binary_frame_closes_the_session(string frame)
    {
        await using var server = await StartAsync();
        await using var client = await OldClient.OpenAsync(server, "websocket");

        await client.SendAsync(Convert.FromHexString(frame));

        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(CloseReason.ParseError, await server.WaitForCloseAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Pings_are_answered_and_keep_the_session_open(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time);
        await using var client = await OldClient.OpenAsync(server, transport);

        for (var i = 0; i < 5; i++)
        {
            time.Advance(TimeSpan.FromSeconds(25));

            if (transport == "polling")
            {
                using var post = await client.PostAsync("1:2");
                Assert.Equal(HttpStatusCode.OK, post.StatusCode);
                Assert.Equal("1:3", await client.PollAsync());
            }
            else
            {
                await client.SendAsync("2");
                Assert.Equal("3", await client.ReceiveAsync());
            }
        }

        Assert.Empty(server.Closes);
    }

    [Theory]
    [EachTransport]
    public async Task Silence_ends_the_session(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time);
        await using var client = await OldClient.OpenAsync(server, transport);

        time.Advance(Patience - TimeSpan.FromMilliseconds(1));
        Assert.Empty(server.Closes);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(CloseReason.PingTimeout, await server.WaitForCloseAsync());

        if (transport == "polling")
        {
            using var post = await client.PostAsync("1:2");
            Assert.Equal(HttpStatusCode.BadRequest, post.StatusCode);
        }
        else
        {
            await Assert.ThrowsAsync<WebSocketException>(client.ReceiveAsync);
        }
    }

    [Theory]
    [EachTransport]
    public async Task A_message_proves_life_for_a_while(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time);
        await using var client = await OldClient.OpenAsync(server, transport);
        time.Advance(TimeSpan.FromSeconds(44));

        if (transport == "polling")
        {
            (await client.PostAsync("2:4a")).Dispose();
        }
        else
        {
            await client.SendAsync("4a");
            Assert.Equal("4a", await client.ReceiveAsync());
        }

        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Empty(server.Closes);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(CloseReason.PingTimeout, await server.WaitForCloseAsync());
    }

    [Fact]
    public async Task A_client_says_goodbye()
    {
        await using var server = await StartAsync();
        await using var polling = await OldClient.OpenAsync(server, "polling");
        await using var webSocket = await OldClient.OpenAsync(server, "websocket");

        var poll = polling.PollAsync();
        (await polling.PostAsync("1:1")).Dispose();
        Assert.Equal("1:6", await poll);
        Assert.Equal(HttpStatusCode.BadRequest, (await polling.GetAsync()).StatusCode);

        await webSocket.SendAsync("1");
        Assert.Null(await webSocket.ReceiveAsync());
    }

    [Fact]
    public async Task Polling_becomes_a_websocket()
    {
        await using var server = await StartAsync();
        await using var client = await OldClient.OpenAsync(server, "polling", "&b64=1");
        await client.ConnectAsync();
        await client.SendAsync("2probe");
        Assert.Equal("3probe", await client.ReceiveAsync());
        Assert.Equal("1:6", await client.PollAsync());

        await client.SendAsync("5");
        await client.SendAsync("4hello");
        Assert.Equal("4hello", await client.ReceiveAsync());

        // Neither a poll nor another WebSocket comes between.
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync()).StatusCode);

        await using var second = new OldClient(server) { Sid = client.Sid };
        await second.ConnectAsync();
        Assert.Null(await second.ReceiveAsync());

        await client.SendAsync("4still here");
        Assert.Equal("4still here", await client.ReceiveAsync());
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(4, 3)]
    public async Task A_session_keeps_its_version(int opened, int continued)
    {
        await using var server = await StartAsync();
        var handshake = await server.Http.GetStringAsync($"{EchoServer.Path}?EIO={opened}&transport=polling");
        var sid = handshake.Split("\"sid\":\"")[1].Split('"')[0];

        using var response = await server.Http.GetAsync($"{EchoServer.Path}?EIO={continued}&transport=polling&sid={sid}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("Bad request", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Old_and_new_clients_get_the_same_message_each_in_its_form()
    {
        await using var server = await StartAsync();
        await using var old = await OldClient.OpenAsync(server, "websocket");
        await using var current = await RawClient.OpenAsync(server.Uri, "websocket");
        var message = EngineMessage.CreateBinary([1, 2, 3]);

        foreach (var session in server.Sessions)
        {
            Assert.Equal(SendResult.Queued, session.TrySend(message));
        }

        Assert.Equal("04010203", await old.ReceiveAsync());
        Assert.Equal("bAQID", await current.ReceiveAsync());
    }
}
