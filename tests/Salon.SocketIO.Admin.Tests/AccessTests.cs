using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Salon.SocketIO.Admin.Tests;

/// <summary>Who may administer a server: in the namespace, and at the pages.</summary>
public class AccessTests
{
    private const string Refusal = "44/admin,{\"message\":\"invalid credentials\"}";

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"username\":\"admin\"}")]
    [InlineData("{\"username\":\"admin\",\"password\":\"wrong password\"}")]
    [InlineData("{\"username\":\"\",\"password\":\"correct horse\"}")]
    [InlineData("{\"username\":\"admi\",\"password\":\"ncorrect horse\"}")]
    [InlineData("{\"username\":[],\"password\":{}}")]
    [InlineData("{\"sessionId\":\"0123456789abcdef\"}")]
    [InlineData("{\"sessionId\":null}")]
    [InlineData("{\"sessionId\":\"\",\"username\":\"admin\",\"password\":null}")]
    public async Task Nobody_else_gets_in(string auth)
    {
        await using var server = await AdminServer.StartAsync();
        await using var client = await server.AdministerAsync("websocket", auth);

        Assert.Equal(Refusal, await client.Client.ReceiveAsync());
    }

    [Fact]
    public async Task The_page_may_ask_no_server_but_its_own()
    {
        await using var server = await AdminServer.StartAsync();
        using var response = await server.GetAsync("/admin/socketio/", "admin", AdminServer.Password);

        Assert.Contains("connect-src 'self';", response.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic")]
    [InlineData("Basic !")]
    [InlineData("Basic YWRtaW4=")]
    [InlineData("Basic YWRtaW46d3Jvbmc=")]
    [InlineData("Bearer YWRtaW46Y29ycmVjdCBob3JzZQ==")]
    public async Task Pages_ask_for_the_password(string? authorization)
    {
        await using var server = await AdminServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/socketio/");

        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Basic realm=\"Socket.IO admin\", charset=\"UTF-8\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Pages_are_served_to_administrators_and_ask_no_other_server()
    {
        await using var server = await AdminServer.StartAsync();

        using var redirected = await GetAsync(server, "/admin/socketio");
        var html = await redirected.Content.ReadAsStringAsync();
        Assert.Contains("Socket.IO Admin UI", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);

        foreach (var file in System.Text.RegularExpressions.Regex.Matches(html, "(?:href|src)=\"([^\"]+)\"").Select(static match => match.Groups[1].Value).Append("fonts/icons.woff2"))
        {
            using var response = await GetAsync(server, "/admin/socketio/" + file);
            Assert.True(response.IsSuccessStatusCode, file);
            Assert.NotEqual("application/octet-stream", response.Content.Headers.ContentType!.MediaType);
            Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync());
        }

        foreach (var missing in new[] { "version", "nothing.js", "index.html.br", "../client/socket.io.js.br", "%2e%2e/version" })
        {
            using var response = await GetAsync(server, "/admin/socketio/" + missing);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        using var post = await GetAsync(server, "/admin/socketio/", HttpMethod.Post);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public async Task What_a_browser_has_it_need_not_fetch_again()
    {
        await using var server = await AdminServer.StartAsync();
        using var first = await GetAsync(server, "/admin/socketio/js/prefill.js", encoding: "br");
        Assert.Equal("br", first.Content.Headers.ContentEncoding.Single());

        using var second = await GetAsync(server, "/admin/socketio/js/prefill.js", tag: first.Headers.ETag);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Without_a_password_the_start_is_stopped()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => AdminServer.StartAsync(static options => options.Authenticate = null));
        Assert.Contains("UsePassword", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdminOptions().UsePassword("admin", "short"));
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_the_options_is_said_at_once_and_by_name()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => AdminServer.StartAsync(static options =>
        {
            (options.NamespaceName, options.ServerId, options.Mode, options.Authenticate) = ("", "", (AdminMode)9, null);
            (options.MaxSockets, options.MaxEventsPerSecond, options.SessionDuration) = (-1, -1, TimeSpan.Zero);
        }));

        Assert.Equal(
            ["NamespaceName", "ServerId", "Mode", "MaxSockets", "MaxEventsPerSecond", "SessionDuration", "Authenticate"],
            error.Failures.Select(static failure => failure.Split(' ')[0]));
    }

    [Fact]
    public async Task The_configuration_says_what_the_code_does_not()
    {
        await using var server = await AdminServer.StartAsync(add: static services => services.Configure<AdminOptions>(
            new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Path"] = "/configured" }).Build()));

        using var page = await GetAsync(server, "/configured/");
        using var usual = await GetAsync(server, "/admin/socketio/");
        await using var administrator = await server.AdministerAsync("websocket");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, usual.StatusCode);
    }

    private static async Task<HttpResponseMessage> GetAsync(AdminServer server, string path, HttpMethod? method = null, string? encoding = null, EntityTagHeaderValue? tag = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{AdminServer.Password}")));

        if (encoding is not null)
        {
            request.Headers.AcceptEncoding.ParseAdd(encoding);
        }

        if (tag is not null)
        {
            request.Headers.IfNoneMatch.Add(tag);
        }

        var response = await server.Http.SendAsync(request);

        // .NET's client does not show its credentials again to where it is redirected.
        return response.StatusCode == HttpStatusCode.Unauthorized ? await GetAsync(server, path + "/", method) : response;
    }
}
