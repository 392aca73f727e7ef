using System.Net;
using System.Text;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>Messages in both directions: Engine.IO v4, "Message".</summary>
public class MessageTests
{
    [Theory]
    [EachTransport]
    public async Task Text_and_binary_messages_come_back_as_they_were(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, transport);

        foreach (var text in new[] { "hello", "", "é€😀", new string('x', 70_000), "a\nb\0c" })
        {
            await client.SendAsync("4" + text);
            Assert.Equal("4" + text, await client.ReceiveAsync());
        }

        foreach (var length in new[] { 0, 1, 125, 126, 65_535, 65_536, 500_000 })
        {
            var data = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
            await client.SendBinaryAsync(data);
            Assert.Equal("b" + Convert.ToBase64String(data), await client.ReceiveAsync());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("AA==")]
    [InlineData("AQIDBA==")]
    public async Task Binary_data_comes_as_base64_on_a_websocket_too(string base64)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, "websocket");
        using var reader = new BinaryWatcher(server);

        await client.SendAsync("b" + base64, "4text");

        Assert.Equal("b" + base64, await client.ReceiveAsync());
        Assert.Equal("4text", await client.ReceiveAsync());
        Assert.Equal([true, false], reader.AreBinary);
    }

    [Theory]
    [InlineData("B4AQI=")]
    [InlineData("abc")]
    public async Task What_starts_with_no_type_of_packet_is_a_parse_error(string packet)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, "websocket");

        await client.SendAsync(packet);

        Assert.Equal(CloseReason.ParseError, await server.WaitForCloseAsync());
    }

    [Theory]
    [InlineData("websocket")]
    [InlineData("upgrade")]
    public async Task A_client_that_asks_for_base64_gets_binary_data_as_text(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        var query = "&b64=1";
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        if (transport == "upgrade")
        {
            await using var polling = await RawPollingClient.OpenAsync(server.Uri, EchoServer.Path + "?b64=1");
            query += "&sid=" + polling.SessionId;
        }

        await connection.RequestAsync($"GET {EchoServer.Path}?EIO=4&transport=websocket{query} HTTP/1.1", RawConnection.UpgradeHeaders);
        await connection.SendFrameAsync(0x81, transport == "upgrade" ? "5" : "4");
        await connection.SendFrameAsync(0x82, [1, 2, 3, 4]);

        while (await connection.ReceiveFrameAsync() is { } frame)
        {
            Assert.Equal((byte)0x81, frame.FirstByte);

            if (Encoding.UTF8.GetString(frame.Payload) == "bAQIDBA==")
            {
                return;
            }
        }

        Assert.Fail("The connection ended.");
    }

    [Theory]
    [EachTransport]
    public async Task Messages_keep_their_order(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, transport);
        var packets = Enumerable.Range(0, 500).Select(i => $"4message {i}").ToArray();

        await client.SendAsync(packets);

        foreach (var packet in packets)
        {
            Assert.Equal(packet, await client.ReceiveAsync());
        }
    }

    [Fact]
    public async Task A_poll_takes_all_that_is_queued()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);

        using var post = await client.PostAsync("4hello\u001ebAQIDBA==\u001e4€");
        using var poll = await client.GetAsync();

        Assert.Equal("ok", await post.Content.ReadAsStringAsync());
        Assert.Equal("text/html", post.Content.Headers.ContentType!.ToString());
        Assert.Equal("4hello\u001ebAQIDBA==\u001e4€", await poll.Content.ReadAsStringAsync());
        Assert.Equal("text/plain; charset=UTF-8", poll.Content.Headers.ContentType!.ToString());
        Assert.True(poll.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_poll_takes_no_more_than_the_client_asked_for_and_the_next_takes_the_rest()
    {
        await using var server = await EchoServer.StartAsync(options => options.MaxHttpBufferSize = 1000);
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        var session = Assert.Single(server.Sessions);

        for (var i = 0; i < 5; i++)
        {
            session.TrySend(EngineMessage.CreateText(Encoding.UTF8.GetBytes(new string((char)('a' + i), 400))));
        }

        var lengths = new List<int>();

        while (lengths.Sum() < 2000)
        {
            using var poll = await client.GetAsync();
            lengths.Add((await poll.Content.ReadAsStringAsync()).Split('\u001e').Sum(packet => packet.Length - 1));
        }

        Assert.Equal([800, 800, 400], lengths);
    }

    [Fact]
    public async Task A_poll_takes_no_more_packets_than_every_client_reads()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        var session = Assert.Single(server.Sessions);

        for (var i = 0; i < 20; i++)
        {
            session.TrySend(EngineMessage.CreateText("x"u8));
        }

        using var first = await client.GetAsync();
        using var second = await client.GetAsync();

        Assert.Equal(16, (await first.Content.ReadAsStringAsync()).Split('\u001e').Length);
        Assert.Equal(4, (await second.Content.ReadAsStringAsync()).Split('\u001e').Length);
    }

    [Theory]
    [EachTransport]
    public async Task An_unknown_packet_ends_the_session(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, transport);

        await client.SendAsync("abc");

        await client.WaitUntilClosedAsync();
        Assert.Equal(CloseReason.ParseError, await server.WaitForCloseAsync());
        await server.AssertServesAsync();
    }

    [Theory]
    [EachTransport]
    public async Task A_ping_of_the_client_ends_the_session(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, transport);

        await client.SendAsync("2");

        await client.WaitUntilClosedAsync();
        Assert.Equal(CloseReason.TransportError, await server.WaitForCloseAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Packets_that_mean_nothing_are_ignored(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, transport);

        await client.SendAsync("3", "0{}", "5", "6", "4hello");

        Assert.Equal("4hello", await client.ReceiveAsync());
    }

    [Fact]
    public async Task What_was_sent_before_an_unknown_packet_is_still_handled()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);

        using var post = await client.PostAsync("4one\u001eabc\u001e4two");

        Assert.Equal(HttpStatusCode.BadRequest, post.StatusCode);
        Assert.Equal(["one"], server.Received);
    }

    [Theory]
    [EachTransport]
    public async Task Nothing_is_sent_to_a_session_that_has_ended(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, transport);
        var session = Assert.Single(server.Sessions);

        session.Close();

        Assert.Equal(SendResult.Closed, session.TrySend(EngineMessage.CreateText("late"u8)));
        Assert.False(session.IsOpen);
        Assert.Equal(CloseReason.ForcedClose, session.CloseReason);
        await client.WaitUntilClosedAsync();
    }

    [Fact]
    public async Task A_volatile_message_is_dropped_when_nobody_polls_and_delivered_when_somebody_does()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        var session = Assert.Single(server.Sessions);

        Assert.Equal(SendResult.Dropped, session.TrySend(EngineMessage.CreateText("dropped"u8), isVolatile: true));

        var poll = client.ReceiveAsync();
        await Eventually.Async("the poll waits", () => session.TrySend(EngineMessage.CreateText("delivered"u8), isVolatile: true) == SendResult.Queued);

        Assert.Equal("4delivered", await poll);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("12")]
    public async Task Json_p_is_spoken_to_those_who_ask(string index)
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowJsonp = true);
        var url = $"{EchoServer.Path}?EIO=4&transport=polling&j={index}";

        using var open = await server.Http.GetAsync(url);
        var script = await open.Content.ReadAsStringAsync();
        var id = Assert.Single(server.Sessions).Id;
        using var post = await server.Http.PostAsync($"{url}&sid={id}", new FormUrlEncodedContent([new("d", "4a\\\\nb é")]));
        using var poll = await server.Http.GetAsync($"{url}&sid={id}");

        Assert.StartsWith($"___eio[{index}](\"0{{\\\"sid\\\":", script);
        Assert.Equal("text/javascript; charset=UTF-8", open.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", Assert.Single(open.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("ok", await post.Content.ReadAsStringAsync());
        Assert.Equal($"___eio[{index}](\"4a\\\\nb é\");", await poll.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("alert(1)//")]
    [InlineData("-1")]
    [InlineData("99999999999")]
    public async Task A_json_p_index_that_is_no_number_reaches_no_script(string index)
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowJsonp = true);

        using var response = await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport=polling&j={Uri.EscapeDataString(index)}");

        Assert.DoesNotContain("alert", await response.Content.ReadAsStringAsync());
        Assert.DoesNotContain("___eio[-", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Json_p_is_off_unless_asked_for()
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowEIO3 = true);
        await using var client = await RawPollingClient.OpenAsync(server.Uri);

        foreach (var query in new[] { "?EIO=4&transport=polling&j=0", "?EIO=3&transport=polling&j=12", "?EIO=4&transport=polling&j=0&t=a" })
        {
            using var open = await server.Http.GetAsync(EchoServer.Path + query);
            Assert.Equal(HttpStatusCode.BadRequest, open.StatusCode);
            Assert.DoesNotContain("sid", await open.Content.ReadAsStringAsync());
        }

        using var post = await server.Http.PostAsync($"{client.Url}&j=0", new FormUrlEncodedContent([new("d", "4a")]));
        Assert.Equal(HttpStatusCode.BadRequest, post.StatusCode);
        Assert.Empty(server.Received);
        Assert.Single(server.Sessions);
        Assert.Empty(server.Closes);
    }

    /// <summary>Which of the messages that sessions got were binary.</summary>
    private sealed class BinaryWatcher : IDisposable
    {
        private readonly EngineSession _session;
        private readonly Action<EngineSession, Protocol.EnginePacket> _watch;

        public BinaryWatcher(EchoServer server)
        {
            _session = server.Sessions.Single();
            _watch = (_, packet) => AreBinary.Add(packet.IsBinary);
            _session.PacketReceived += _watch;
        }

        public List<bool> AreBinary { get; } = [];

        public void Dispose() => _session.PacketReceived -= _watch;
    }
}
