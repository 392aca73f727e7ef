using System.Net;
using System.Net.WebSockets;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>What clients do that the specification does not foresee, and the reference lets pass.</summary>
public class ForgivingTests
{
    [Theory]
    [InlineData("EIO=4&transport=polling&EIO=4&transport=polling", 200)]
    [InlineData("EIO=3&transport=websocket&EIO=4&transport=polling", 200)]
    [InlineData("EIO=4&transport=polling&EIO=abc", 400)]
    [InlineData("EIO=4&transport=polling&sid=abc&sid=", 200)]
    public async Task Of_what_is_given_twice_the_last_counts(string query, int status)
    {
        await using var server = await EchoServer.StartAsync();

        Assert.Equal(status, (int)(await server.Http.GetAsync($"{EchoServer.Path}?{query}")).StatusCode);
    }

    [Fact]
    public async Task A_websocket_may_say_everything_twice()
    {
        await using var server = await EchoServer.StartAsync();

        using var connection = await RawConnection.ConnectAsync(server.Uri);
        var head = await connection.RequestAsync($"GET {EchoServer.Path}?EIO=4&transport=websocket&transport=websocket&EIO=4 HTTP/1.1", RawConnection.UpgradeHeaders);

        Assert.StartsWith("HTTP/1.1 101", head);
    }

    [Theory]
    [InlineData("4")]
    [InlineData("3")]
    public async Task The_version_is_said_once(string version)
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowEIO3 = true);
        var handshake = await server.Http.GetStringAsync($"{EchoServer.Path}?EIO={version}&transport=polling&b64=1");
        var url = $"{EchoServer.Path}?transport=polling&b64=1&sid={handshake.Split("\"sid\":\"")[1].Split('"')[0]}";
        var message = version == "4" ? "4hello" : "6:4hello";

        using var post = await server.Http.PostAsync(url, new StringContent(message));
        Assert.Equal("ok", await post.Content.ReadAsStringAsync());
        Assert.Equal(message, await server.Http.GetStringAsync(url));

        // Another version is another client.
        using var other = await server.Http.GetAsync($"{url}&EIO={(version == "4" ? 3 : 4)}");
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
    }

    [Theory]
    [InlineData("bAQIDBA==", "bAQIDBA==")]
    [InlineData("bAQIDBA", "bAQIDBA==")]
    [InlineData("bAQIDBA=", "bAQIDBA==")]
    [InlineData("b-_8", "b+/8=")]
    [InlineData("bAQID\nBA==", "bAQIDBA==")]
    [InlineData("b", "b")]
    [InlineData("b!!", "b")]
    public async Task Base64_is_read_as_the_reference_reads_it(string sent, string echoed)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);

        using var post = await client.PostAsync(sent);

        Assert.Equal("ok", await post.Content.ReadAsStringAsync());
        Assert.Equal(echoed, await client.ReceiveAsync());
    }

    [Theory]
    [InlineData("34ff", "4\ufffd")]
    [InlineData("3461c32862", "4a\ufffd(b")]
    [InlineData("34eda080", "4\ufffd\ufffd\ufffd")]
    [InlineData("34f09f98", "4\ufffd")]
    public async Task Bytes_that_are_no_text_are_replaced(string bytes, string echoed)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);

        using var post = await client.PostAsync(new ByteArrayContent(Convert.FromHexString(bytes)));

        Assert.Equal("ok", await post.Content.ReadAsStringAsync());
        Assert.Equal(echoed, await client.ReceiveAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_first_sub_protocol_that_is_offered_is_answered(bool isUpgrade)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        using var webSocket = new ClientWebSocket();
        webSocket.Options.AddSubProtocol("x");
        webSocket.Options.AddSubProtocol("y");

        await webSocket.ConnectAsync(
            new Uri($"ws://{server.Uri.Authority}{EchoServer.Path}?EIO=4&transport=websocket{(isUpgrade ? $"&sid={client.SessionId}" : "")}"), CancellationToken.None);

        Assert.Equal("x", webSocket.SubProtocol);
    }

    [Theory]
    [InlineData("y", "y")]
    [InlineData(null, null)]
    [InlineData("z", null)]
    public async Task The_app_may_choose_a_sub_protocol(string? chosen, string? answered)
    {
        await using var server = await EchoServer.StartAsync(options => options.SelectSubProtocol = (_, offered) =>
        {
            Assert.Equal(["x", "y"], offered);
            return chosen;
        });
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        var head = await connection.RequestAsync(
            $"GET {EchoServer.Path}?EIO=4&transport=websocket HTTP/1.1", RawConnection.UpgradeHeaders + "Sec-WebSocket-Protocol: x, y\r\n");

        Assert.StartsWith("HTTP/1.1 101", head);
        Assert.Equal(answered is not null, head.Contains($"Sec-WebSocket-Protocol: {answered}\r\n"));
        Assert.Equal(answered is null, !head.Contains("Sec-WebSocket-Protocol"));
    }

    [Fact]
    public async Task An_app_that_fails_to_choose_has_chosen_none()
    {
        await using var server = await EchoServer.StartAsync(options => options.SelectSubProtocol = static (_, _) => throw new InvalidOperationException("broken"));
        server.Logs.Expect("SelectSubProtocol");
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        var head = await connection.RequestAsync(
            $"GET {EchoServer.Path}?EIO=4&transport=websocket HTTP/1.1", RawConnection.UpgradeHeaders + "Sec-WebSocket-Protocol: x\r\n");

        Assert.StartsWith("HTTP/1.1 101", head);
        Assert.DoesNotContain("Sec-WebSocket-Protocol", head);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,,b")]
    [InlineData("a, a")]
    [InlineData("a b")]
    [InlineData("(x)")]
    public async Task A_sub_protocol_that_is_no_name_breaks_the_handshake(string offered)
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        var head = await connection.RequestAsync(
            $"GET {EchoServer.Path}?EIO=4&transport=websocket HTTP/1.1", RawConnection.UpgradeHeaders + $"Sec-WebSocket-Protocol: {offered}\r\n");

        Assert.StartsWith("HTTP/1.1 400", head);
        Assert.Empty(server.Sessions);
    }
}
