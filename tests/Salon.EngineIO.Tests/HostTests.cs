using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Salon.Http;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>
/// Which names a server answers to. A page may give its own name this server's address (DNS rebinding); the header <c>Host</c> is all that tells then.
/// </summary>
public class HostTests
{
    private const string Evil = "evil.example";

    [Theory]
    [EachTransport]
    public async Task A_name_that_points_here_does_not_make_its_page_ours(string transport)
    {
        await using var server = await EchoServer.StartAsync();

        foreach (var host in new[] { Evil, $"localhost.{Evil}", $"127.0.0.1.{Evil}", "192.168.1.5", "[fd00::1]", "notlocalhost", "0.0.0.0" })
        {
            var head = await OpenAsync(server, transport, $"{host}:{server.Uri.Port}");
            Assert.StartsWith("HTTP/1.1 403", head);
        }

        Assert.Empty(server.Sessions);
        Assert.Contains(server.Logs.Entries, entry => entry.Level == LogLevel.Debug && entry.Message.Contains(Evil));
        Assert.Single(server.Logs.Entries, entry => entry.Level == LogLevel.Information && entry.Message.Contains("AllowedHosts"));
    }

    [Theory]
    [EachTransport]
    public async Task The_names_of_this_machine_to_itself_are_answered(string transport)
    {
        await using var server = await EchoServer.StartAsync();

        foreach (var host in new[] { "localhost", "LOCALHOST.", "salon.localhost", "127.0.0.1", "127.1.2.3", "[::1]" })
        {
            Assert.Matches("^HTTP/1.1 (200|101)", await OpenAsync(server, transport, $"{host}:{server.Uri.Port}"));
        }
    }

    [Theory]
    [EachTransport]
    public async Task Names_that_were_allowed_are_answered_and_no_others(string transport)
    {
        await using var server = await EchoServer.StartAsync(options =>
        {
            options.AllowedHosts.Add("Chat.Example");
            options.AllowedHosts.Add("*.below.example");
            options.AllowedHosts.Add("bücher.example");
        });

        foreach (var host in new[] { "chat.example", "CHAT.example.:443", "a.below.example", "a.b.below.example", "xn--bcher-kva.example", "localhost" })
        {
            Assert.Matches("^HTTP/1.1 (200|101)", await OpenAsync(server, transport, host));
        }

        foreach (var host in new[] { Evil, "below.example", "evilbelow.example", "chat.example.evil.example" })
        {
            Assert.StartsWith("HTTP/1.1 403", await OpenAsync(server, transport, host));
        }
    }

    [Fact]
    public async Task Any_name_may_be_allowed()
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowedHosts.Add("*"));

        Assert.StartsWith("HTTP/1.1 200", await OpenAsync(server, "polling", Evil));
    }

    [Fact]
    public async Task What_follows_a_handshake_is_checked_too()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        using var request = new HttpRequestMessage(HttpMethod.Post, client.Url) { Content = new StringContent("4forged") };
        request.Headers.Host = Evil;

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Empty(server.Received);
    }

    [Theory]
    [InlineData("http://127.0.0.1:80", false)]
    [InlineData("http://localhost:80", false)]
    [InlineData("https://[::1]:80", false)]
    [InlineData("http://127.0.0.1:80 http://[::1]:80", false)]
    [InlineData("http://127.0.0.1:80 http://192.168.1.5:80", true)]
    [InlineData("http://127.0.0.1:80 http://192.168.1.5:81", false)]
    [InlineData("http://0.0.0.0:80", true)]
    [InlineData("http://[::]:80", true)]
    [InlineData("http://*:80", true)]
    [InlineData("http://+:80", true)]
    [InlineData("http://some-name:80", true)]
    [InlineData("http://unix:/tmp/socket", true)]
    [InlineData("", true)]
    public void Where_a_server_listens_decides_what_it_answers_to(string addresses, bool isAnswered)
    {
        var rules = new HostRules([], () => new ListeningServer(addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        var context = new DefaultHttpContext();
        context.Request.Host = new HostString(Evil);
        (context.Connection.LocalIpAddress, context.Connection.LocalPort) = (IPAddress.Loopback, 80);

        Assert.Equal(isAnswered, rules.IsAllowed(context.Request));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("example.com:80")]
    [InlineData("https://example.com")]
    [InlineData("a.*.example.com")]
    [InlineData("*example.com")]
    [InlineData("*.")]
    [InlineData("*.127.0.0.1")]
    [InlineData("example.com/path")]
    [InlineData("user@example.com")]
    [InlineData("a b")]
    public async Task What_is_no_name_cannot_be_allowed(string host)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => EchoServer.StartAsync(options => options.AllowedHosts.Add(host)));

        Assert.Contains("AllowedHosts", exception.Message);
    }

    private static async Task<string> OpenAsync(EchoServer server, string transport, string host)
    {
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        // The page of that name, which is of one origin with it.
        await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET {EchoServer.Path}?EIO=4&transport={transport} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n{(transport == "websocket" ? RawConnection.UpgradeHeaders : "")}\r\n"));

        return await connection.ReceiveHeadAsync();
    }

    private sealed class ListeningServer : IServer
    {
        public ListeningServer(string[] addresses)
        {
            var feature = new ServerAddressesFeature();
            Array.ForEach(addresses, feature.Addresses.Add);
            Features.Set<IServerAddressesFeature>(feature);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
