using System.Net;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>Which pages may connect. Browsers do not apply CORS to WebSockets, so the server checks the origin of every request.</summary>
public class OriginTests
{
    private const string Page = "https://page.example";

    [Theory]
    [EachTransport]
    public async Task A_page_of_another_origin_is_refused(string transport)
    {
        await using var server = await EchoServer.StartAsync();

        foreach (var origin in new[] { Page, "null", "http://localhost", "https://" + server.Uri.Authority, "http://127.0.0.1.evil.example", $"http://{server.Uri.Host}:1" })
        {
            Assert.StartsWith("403", await OpenAsync(server, transport, origin));
        }

        Assert.Empty(server.Sessions);
    }

    [Theory]
    [EachTransport]
    public async Task A_page_of_this_origin_is_served(string transport)
    {
        await using var server = await EchoServer.StartAsync();

        Assert.Matches("^(200|101)", await OpenAsync(server, transport, $"http://{server.Uri.Authority}"));
        await Eventually.Async("the session is open", () => server.Sessions.Count == 1);
        Assert.True(server.Sessions.First().Handshake.HasOrigin);
    }

    [Theory]
    [EachTransport]
    public async Task An_origin_that_is_none_is_a_bad_request(string transport)
    {
        await using var server = await EchoServer.StartAsync();

        foreach (var origin in new[] { "", "page", $"http://{server.Uri.Authority}.evil.example" })
        {
            Assert.StartsWith("400", await OpenAsync(server, transport, origin));
        }
    }

    [Theory]
    [EachTransport]
    public async Task An_origin_that_was_allowed_is_served_and_no_other(string transport)
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowOrigins(Page));

        Assert.Matches("^(200|101)", await OpenAsync(server, transport, Page));
        Assert.StartsWith("403", await OpenAsync(server, transport, "http://page.example"));
        Assert.StartsWith("403", await OpenAsync(server, transport, Page + ".evil.example"));
        Assert.StartsWith("403", await OpenAsync(server, transport, Page + ":8443"));
    }

    [Fact]
    public async Task What_follows_a_handshake_is_checked_too()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        using var request = new HttpRequestMessage(HttpMethod.Post, client.Url) { Content = new StringContent("4forged") };
        request.Headers.Add("Origin", Page);

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task A_page_that_is_allowed_can_read_the_answers()
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowOrigins(Page, "https://other.example"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{EchoServer.Path}?EIO=4&transport=polling");
        request.Headers.Add("Origin", Page);

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(Page, Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("true", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Credentials")));
        Assert.Contains("Origin", response.Headers.Vary);
    }

    [Fact]
    public async Task A_preflight_is_answered()
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowOrigins(Page));
        using var request = new HttpRequestMessage(HttpMethod.Options, $"{EchoServer.Path}?EIO=4&transport=polling");
        request.Headers.Add("Origin", Page);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "x-custom");

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Contains("POST", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Methods")));
        Assert.Equal("x-custom", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Headers")));
    }

    [Fact]
    public async Task Without_cors_no_answer_names_an_origin()
    {
        await using var server = await EchoServer.StartAsync();
        using var response = await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport=polling");
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static async Task<string> OpenAsync(EchoServer server, string transport, string origin)
    {
        using var connection = await RawConnection.ConnectAsync(server.Uri);
        var head = await connection.RequestAsync(
            $"GET {EchoServer.Path}?EIO=4&transport={transport} HTTP/1.1",
            $"Origin: {origin}\r\n" + (transport == "websocket" ? RawConnection.UpgradeHeaders : ""));

        return head["HTTP/1.1 ".Length..];
    }
}
