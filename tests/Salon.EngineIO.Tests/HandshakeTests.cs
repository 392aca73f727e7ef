using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>Opening a session: Engine.IO v4, "Handshake", and every way in which it is refused.</summary>
public class HandshakeTests
{
    [Theory]
    [EachTransport]
    public async Task A_session_is_opened(string transport)
    {
        await using var server = await EchoServer.StartAsync(options =>
        {
            options.PingInterval = TimeSpan.FromMilliseconds(300);
            options.PingTimeout = TimeSpan.FromMilliseconds(200);
        });
        await using var client = await RawClient.OpenAsync(server.Uri, transport);

        var handshake = JsonDocument.Parse(client.Handshake).RootElement;

        Assert.Equal(["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"], handshake.EnumerateObject().Select(property => property.Name));
        Assert.Equal(transport == "polling" ? "[\"websocket\"]" : "[]", handshake.GetProperty("upgrades").ToString());
        Assert.Equal(300, handshake.GetProperty("pingInterval").GetInt32());
        Assert.Equal(200, handshake.GetProperty("pingTimeout").GetInt32());
        Assert.Equal(1_000_000, handshake.GetProperty("maxPayload").GetInt32());
        Assert.Matches("^[A-Za-z0-9_-]{20,}$", client.SessionId);
    }

    [Fact]
    public async Task Ids_are_never_alike()
    {
        await using var server = await EchoServer.StartAsync();
        var ids = new HashSet<string>();

        for (var i = 0; i < 100; i++)
        {
            await using var client = await RawClient.OpenAsync(server.Uri, "polling");
            ids.Add(client.SessionId);
        }

        Assert.Equal(100, ids.Count);
        Assert.Equal(100, ids.Select(id => id[..8]).Distinct().Count());
    }

    [Theory]
    [InlineData("GET", "?EIO=4", 400, 0, "Transport unknown")]
    [InlineData("GET", "?EIO=4&transport=abc", 400, 0, "Transport unknown")]
    [InlineData("GET", "?EIO=4&transport=__proto__", 400, 0, "Transport unknown")]
    [InlineData("GET", "?EIO=4&transport=constructor", 400, 0, "Transport unknown")]
    [InlineData("GET", "?EIO=4&transport=webtransport", 400, 0, "Transport unknown")]
    [InlineData("GET", "?EIO=4&transport=polling&transport=websocket", 400, 3, "Bad request")]
    [InlineData("GET", "", 400, 0, "Transport unknown")]
    [InlineData("GET", "?EIO=4&transport=polling&sid=abc", 400, 1, "Session ID unknown")]
    [InlineData("POST", "?EIO=4&transport=polling&sid=__proto__", 400, 1, "Session ID unknown")]
    [InlineData("POST", "?EIO=4&transport=polling", 400, 2, "Bad handshake method")]
    [InlineData("PUT", "?EIO=4&transport=polling", 400, 2, "Bad handshake method")]
    [InlineData("DELETE", "?EIO=4&transport=polling", 400, 2, "Bad handshake method")]
    [InlineData("GET", "?EIO=4&transport=websocket", 400, 3, "Bad request")]
    [InlineData("GET", "?transport=polling", 400, 5, "Unsupported protocol version")]
    [InlineData("GET", "?EIO=abc&transport=polling", 400, 5, "Unsupported protocol version")]
    [InlineData("GET", "?EIO=3&transport=polling", 400, 5, "Unsupported protocol version")]
    [InlineData("GET", "?EIO=5&transport=polling", 400, 5, "Unsupported protocol version")]
    public async Task A_wrong_request_is_told_what_is_wrong(string method, string query, int status, int code, string message)
    {
        await using var server = await EchoServer.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), EchoServer.Path + query);

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal($"{{\"code\":{code},\"message\":\"{message}\"}}", await response.Content.ReadAsStringAsync());
        Assert.Empty(server.Sessions);
        await server.AssertServesAsync();
    }

    [Theory]
    [InlineData("?EIO=4&transport=abc", 0)]
    [InlineData("?EIO=4", 0)]
    [InlineData("?EIO=4&transport=polling", 3)]
    [InlineData("?EIO=3&transport=websocket", 5)]
    [InlineData("?EIO=abc&transport=websocket", 5)]
    [InlineData("?transport=websocket", 5)]
    [InlineData("?EIO=4&transport=websocket&sid=abc", 1)]
    public async Task A_wrong_websocket_is_refused_before_it_opens(string query, int code)
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        var head = await connection.RequestAsync($"GET {EchoServer.Path}{query} HTTP/1.1", RawConnection.UpgradeHeaders);

        Assert.StartsWith("HTTP/1.1 400", head);
        Assert.Contains("application/json", head);
        Assert.Empty(server.Sessions);
        Assert.InRange(code, 0, 5);
        await server.AssertServesAsync();
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    [InlineData("Sec-WebSocket-Version: 13\r\n")]
    [InlineData("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n")]
    [InlineData("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==\r\n")]
    public async Task A_websocket_handshake_that_breaks_the_specification_is_refused(string headers)
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        var head = await connection.RequestAsync($"GET {EchoServer.Path}?EIO=4&transport=websocket HTTP/1.1", $"Connection: Upgrade\r\nUpgrade: websocket\r\n{headers}");

        Assert.StartsWith("HTTP/1.1 400", head);
        Assert.Empty(server.Sessions);
    }

    [Fact]
    public async Task The_key_of_the_specification_is_answered_as_there()
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        var head = await connection.RequestAsync($"GET {EchoServer.Path}?EIO=4&transport=websocket HTTP/1.1", RawConnection.UpgradeHeaders);

        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", head);
    }

    [Theory]
    [InlineData("polling", EngineTransport.WebSocket)]
    [InlineData("websocket", EngineTransport.Polling)]
    public async Task A_transport_that_is_switched_off_is_unknown(string transport, EngineTransport enabled)
    {
        await using var server = await EchoServer.StartAsync(options => options.Transports = enabled);

        using var response = await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport={transport}");

        Assert.Equal("""{"code":0,"message":"Transport unknown"}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Without_upgrades_none_is_offered_or_accepted()
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowUpgrades = false);
        await using var client = await RawClient.OpenAsync(server.Uri, "polling");
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        Assert.Equal("[]", JsonDocument.Parse(client.Handshake).RootElement.GetProperty("upgrades").ToString());
        var head = await connection.RequestAsync(
            $"GET {EchoServer.Path}?EIO=4&transport=websocket&sid={client.SessionId} HTTP/1.1",
            RawConnection.UpgradeHeaders);
        Assert.StartsWith("HTTP/1.1 400", head);
    }

    [Theory]
    [InlineData(null, "Forbidden")]
    [InlineData("not today", "not today")]
    public async Task A_request_that_is_not_allowed_is_refused_with_the_message(string? message, string shown)
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowRequest =
            context => ValueTask.FromResult(context.Request.Headers.ContainsKey("X-Key") ? RequestVerdict.Allow : RequestVerdict.Refuse(message)));

        using var refused = await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport=polling");
        server.Http.DefaultRequestHeaders.Add("X-Key", "1");
        using var allowed = await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport=polling");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal($"{{\"code\":4,\"message\":\"{shown}\"}}", await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    [Fact]
    public async Task The_question_is_asked_once_a_session_and_not_for_what_follows()
    {
        var asked = 0;
        await using var server = await EchoServer.StartAsync(options => options.AllowRequest = _ =>
        {
            Interlocked.Increment(ref asked);
            return ValueTask.FromResult(RequestVerdict.Allow);
        });
        await using var client = await RawClient.OpenAsync(server.Uri, "polling");

        await client.SendAsync("4a");
        await client.ReceiveAsync();

        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_question_that_throws_is_a_refusal_and_a_log_line()
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowRequest = _ => throw new InvalidOperationException("broken"));
        server.Logs.Expect("AllowRequest");

        using var response = await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport=polling");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.DoesNotContain("broken", await response.Content.ReadAsStringAsync());
        Assert.Contains(server.Logs.Entries, entry => entry.Exception?.Message == "broken");
    }

    [Fact]
    public async Task An_id_generator_that_throws_or_repeats_itself_opens_nothing()
    {
        var ids = new Queue<string>(["one", "one", ""]);
        await using var server = await EchoServer.StartAsync(options => options.GenerateId = _ => ids.Dequeue());
        server.Logs.Expect("GenerateId");

        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport=polling")).StatusCode);

        for (var i = 0; i < 3; i++)
        {
            using var response = await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport=polling");
            Assert.Equal("""{"code":3,"message":"Bad request"}""", await response.Content.ReadAsStringAsync());
        }

        Assert.Equal("one", Assert.Single(server.Sessions).Id);
    }

    [Fact]
    public async Task The_cookie_is_set_on_the_handshake_when_it_is_asked_for()
    {
        await using var server = await EchoServer.StartAsync(options => options.Cookie = new SessionCookie());

        using var polling = await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport=polling");
        using var connection = await RawConnection.ConnectAsync(server.Uri);
        var webSocket = await connection.RequestAsync($"GET {EchoServer.Path}?EIO=4&transport=websocket HTTP/1.1", RawConnection.UpgradeHeaders);

        await Eventually.Async("both are open", () => server.Sessions.Count == 2);
        var ids = server.Sessions.Select(session => session.Id).ToArray();
        Assert.Equal($"io={ids[0]}; path=/; samesite=lax; httponly", Assert.Single(polling.Headers.GetValues("Set-Cookie")));
        Assert.Contains($"Set-Cookie: io={ids[1]}; path=/; samesite=lax; httponly\r\n", webSocket);
    }

    [Fact]
    public async Task Without_the_option_there_is_no_cookie()
    {
        await using var server = await EchoServer.StartAsync();
        using var response = await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport=polling");
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [EachTransport]
    public async Task The_session_knows_who_opened_it(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, transport);

        var session = Assert.Single(server.Sessions);

        Assert.Equal(transport, session.Transport.ToName());
        Assert.Equal(IPAddress.Loopback, session.Handshake.RemoteAddress);
        Assert.Equal("4", session.Handshake.Query["EIO"]);
        Assert.Equal(server.Uri.Authority, session.Handshake.Headers["Host"]);
        Assert.False(session.Handshake.IsSecure);
        Assert.False(session.Handshake.HasOrigin);
        Assert.StartsWith("/engine.io/?EIO=4", session.Handshake.Url);
        Assert.False(session.Handshake.User.Identity!.IsAuthenticated);
    }

    [Fact]
    public async Task A_server_that_is_closed_opens_nothing()
    {
        await using var server = await EchoServer.StartAsync();
        server.Engine.Close();

        using var response = await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport=polling");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task An_option_that_cannot_be_is_named_at_the_start()
    {
        var exception = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => EchoServer.StartAsync(options =>
        {
            options.PingInterval = TimeSpan.Zero;
            options.PingTimeout = TimeSpan.FromDays(50);
            options.MaxHttpBufferSize = 0;
            options.MaxSendQueueBytes = -1;
            options.HttpCompressionThreshold = -1;
            options.PerMessageDeflateThreshold = -1;
            options.Transports = EngineTransport.None;
            options.Cookie = new CookieBuilder();
        }));

        Assert.Equal(8, exception.Failures.Count());
        Assert.Contains("PingInterval must be between 1 millisecond and 45 days, but is 00:00:00.", exception.Failures);
    }
}
