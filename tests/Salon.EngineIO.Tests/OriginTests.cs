using System.Net;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Salon.Http;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>Which pages may connect. Browsers do not apply CORS to WebSockets, so the server checks the origin of every request.</summary>
public class OriginTests
{
    private const string Page = "https://page.example";
    private const string Browser = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n";

    [Theory]
    [EachTransport]
    public async Task A_page_of_another_origin_is_refused(string transport)
    {
        await using var server = await EchoServer.StartAsync();

        foreach (var origin in new[] { Page, "null", "http://localhost", "https://" + server.Uri.Authority, "http://127.0.0.1.evil.example", $"http://{server.Uri.Host}:1" })
        {
            Assert.StartsWith("403", await OpenAsync(server, transport, origin, Browser));
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

    [Theory]
    [EachTransport]
    public async Task An_origin_that_a_program_made_of_the_address_is_this_one(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        var authority = server.Uri.Authority;

        foreach (var origin in new[] { "ws://", "wss://", "https://", "HTTP://", "app://" }.Select(scheme => scheme + authority)
            .Concat([$"http://{authority}/", $"http://{authority}/socket.io/?EIO=4", authority]))
        {
            Assert.Matches("^(200|101)", await OpenAsync(server, transport, origin));
        }

        foreach (var origin in new[] { "ws://other.example", $"ws://{server.Uri.Host}", $"ws://{server.Uri.Host}:1", $"http://user@{authority}", $"http://{authority}.evil.example/" })
        {
            Assert.Matches("^(400|403)", await OpenAsync(server, transport, origin));
        }
    }

    [Theory]
    [InlineData("https", "example.com", "http://example.com", true)]
    [InlineData("https", "example.com", "http://example.com:443", true)]
    [InlineData("https", "example.com", "wss://example.com/", true)]
    [InlineData("https", "example.com", "HTTPS://EXAMPLE.com.:443/path", true)]
    [InlineData("https", "Example.com.:443", "https://example.com", true)]
    [InlineData("https", "example.com:8443", "ws://example.com:8443", true)]
    [InlineData("https", "example.com:8443", "http://example.com", false)]
    [InlineData("https", "example.com", "http://example.com:8080", false)]
    [InlineData("http", "example.com", "ws://example.com:80", true)]
    [InlineData("http", "[::1]:3000", "ws://[0:0::1]:3000", true)]
    [InlineData("http", "xn--bcher-kva.example", "ws://bücher.example", true)]
    [InlineData("http", "example.com", "ws://example.com.evil.example", false)]
    public void Spellings_of_one_host_are_one(string scheme, string host, string origin, bool isSame)
    {
        var request = CreateRequest(scheme, host, origin);

        Assert.Equal(isSame ? OriginVerdict.Allowed : OriginVerdict.Foreign, RequestOrigin.Check(request));
    }

    [Theory]
    [InlineData("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)")]
    [InlineData("Sec-Fetch-Mode", "websocket")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public void A_browsers_page_without_TLS_is_not_of_the_site_with_it(string header, string value)
    {
        var request = CreateRequest("https", "example.com", "http://example.com");
        Assert.Equal(OriginVerdict.Allowed, RequestOrigin.Check(request));

        request.Headers[header] = value;
        Assert.Equal(OriginVerdict.Foreign, RequestOrigin.Check(request));

        request.Headers.Origin = "https://EXAMPLE.com:443";
        Assert.Equal(OriginVerdict.Allowed, RequestOrigin.Check(request));

        // Whatever else it says: no page has this one.
        request.Headers.Origin = "wss://example.com";
        Assert.Equal(OriginVerdict.Allowed, RequestOrigin.Check(request));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("none", true)]
    [InlineData("same-origin", true)]
    [InlineData("same-site", false)]
    [InlineData("cross-site", false)]
    [InlineData("", false)]
    [InlineData("same-origin, cross-site", false)]
    public async Task Without_an_origin_the_browser_says_whose_page_it_is(string? site, bool isServed)
    {
        // Not even where any page may connect: it would send an Origin.
        foreach (var isOpen in new[] { false, true })
        {
            await using var server = await EchoServer.StartAsync(options =>
            {
                if (isOpen)
                {
                    options.AllowOrigins("*");
                }
            });
            using var connection = await RawConnection.ConnectAsync(server.Uri);
            var head = await connection.RequestAsync(
                $"GET {EchoServer.Path}?EIO=4&transport=polling HTTP/1.1", site is null ? "" : $"Sec-Fetch-Site: {site}\r\nSec-Fetch-Mode: navigate\r\n");

            Assert.StartsWith(isServed ? "HTTP/1.1 200" : "HTTP/1.1 403", head);
        }
    }

    [Fact]
    public async Task A_refusal_is_logged_with_both_values()
    {
        await using var server = await EchoServer.StartAsync();

        Assert.StartsWith("403", await OpenAsync(server, "polling", Page));

        Assert.Contains(server.Logs.Entries, entry =>
            entry.Level == LogLevel.Debug && entry.Message.Contains(Page) && entry.Message.Contains($"http://{server.Uri.Authority}"));
    }

    [Theory]
    [EachTransport]
    public async Task Allowed_origins_are_compared_as_origins(string transport)
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowOrigins("HTTPS://Page.Example:443/", "http://bücher.example"));

        Assert.Matches("^(200|101)", await OpenAsync(server, transport, Page, Browser));
        Assert.Matches("^(200|101)", await OpenAsync(server, transport, Page + "/", Browser));
        Assert.Matches("^(200|101)", await OpenAsync(server, transport, "http://xn--bcher-kva.example", Browser));
        Assert.StartsWith("403", await OpenAsync(server, transport, "http://page.example", Browser));
        Assert.Throws<ArgumentException>(() => new EngineIOOptions().AllowOrigins("page.example"));
    }

    [Fact]
    public async Task A_policy_of_ones_own_is_compared_as_origins_too()
    {
        await using var server = await EchoServer.StartAsync(options =>
        {
            options.Cors = new CorsPolicy();
            options.Cors.Origins.Add("https://PAGE.example/");
        });

        Assert.StartsWith("200", await OpenAsync(server, "polling", Page, Browser));
        Assert.StartsWith("403", await OpenAsync(server, "polling", "https://other.example", Browser));
    }

    [Theory]
    [InlineData(null, "same-origin")]
    [InlineData(Page, "cross-origin")]
    [InlineData("https://other.example", "same-origin")]
    public async Task Every_answer_says_who_may_include_it(string? origin, string expected)
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowOrigins(Page));
        await using var client = await RawPollingClient.OpenAsync(server.Uri);

        foreach (var (method, url) in new[]
        {
            (HttpMethod.Get, $"{EchoServer.Path}?EIO=4&transport=polling"),
            (HttpMethod.Get, $"{EchoServer.Path}?EIO=4&transport=nonsense"),
            (HttpMethod.Get, $"{EchoServer.Path}?EIO=4&transport=polling&sid=nonsense"),
            (HttpMethod.Post, client.Url),
            (HttpMethod.Options, client.Url),
        })
        {
            using var request = new HttpRequestMessage(method, url) { Content = method == HttpMethod.Post ? new StringContent("4a") : null };

            if (origin is not null)
            {
                request.Headers.Add("Origin", origin);
            }

            using var response = await server.Http.SendAsync(request);

            Assert.Equal(expected, Assert.Single(response.Headers.GetValues("Cross-Origin-Resource-Policy")));
            Assert.Equal("Origin", Assert.Single(response.Headers.Vary, value => value == "Origin"));
        }
    }

    [Fact]
    public async Task Preflights_are_answered_as_by_the_reference()
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowOrigins(Page));
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        var head = await connection.RequestAsync(
            $"OPTIONS {EchoServer.Path}?EIO=4&transport=polling HTTP/1.1",
            $"Origin: {Page}\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-one,x-two\r\n");

        Assert.StartsWith("HTTP/1.1 204", head);
        Assert.Contains("Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE\r\n", head);
        Assert.Contains("Access-Control-Allow-Headers: x-one,x-two\r\n", head);
        Assert.Contains($"Access-Control-Allow-Origin: {Page}\r\n", head);
        Assert.Contains("Access-Control-Allow-Credentials: true\r\n", head);
        Assert.Contains("Vary: Origin", head);
        Assert.Contains("Vary: Access-Control-Request-Headers", head);
    }

    [Fact]
    public async Task Any_page_may_be_allowed_but_without_its_cookies()
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowOrigins("*"));
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        var head = await connection.RequestAsync($"GET {EchoServer.Path}?EIO=4&transport=polling HTTP/1.1", $"Origin: {Page}\r\n");

        Assert.Contains("Access-Control-Allow-Origin: *\r\n", head);
        Assert.DoesNotContain("Allow-Credentials", head);

        await Assert.ThrowsAsync<OptionsValidationException>(() => EchoServer.StartAsync(options =>
        {
            options.AllowOrigins("*");
            options.Cors!.SupportsCredentials = true;
        }));
    }

    private static HttpRequest CreateRequest(string scheme, string host, string origin)
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host) = (scheme, new HostString(host));
        request.Headers.Origin = origin;
        return request;
    }

    private static async Task<string> OpenAsync(EchoServer server, string transport, string origin, string headers = "")
    {
        using var connection = await RawConnection.ConnectAsync(server.Uri);
        var head = await connection.RequestAsync(
            $"GET {EchoServer.Path}?EIO=4&transport={transport} HTTP/1.1",
            $"Origin: {origin}\r\n{headers}" + (transport == "websocket" ? RawConnection.UpgradeHeaders : ""));

        return head["HTTP/1.1 ".Length..];
    }
}
