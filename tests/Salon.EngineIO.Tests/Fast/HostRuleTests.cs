using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Salon.Http;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>Which names a server answers to, without a server.</summary>
[Trait("Stage", "fast")]
public sealed class HostRuleTests
{
    [Theory]
    [InlineData("*", true)]
    [InlineData("example.com", true)]
    [InlineData("example.com.", true)]
    [InlineData("*.example.com", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("[::1]", true)]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("*.", false)]
    [InlineData("*.*", false)]
    [InlineData("a.*.com", false)]
    [InlineData("*.10.0.0.1", false)]
    [InlineData("example.com:80", false)]
    [InlineData("http://example.com", false)]
    [InlineData("exa mple.com", false)]
    public void A_rule_is_a_name_an_address_all_below_a_name_or_all(string? rule, bool isRule) => Assert.Equal(isRule, HostRules.IsRule(rule));

    [Theory]
    [InlineData("example.com", "example.com", true)]
    [InlineData("example.com", "EXAMPLE.com.", true)]
    [InlineData("Example.COM.", "example.com:8080", true)]
    [InlineData("example.com", "a.example.com", false)]
    [InlineData("example.com", "example.com.evil.org", false)]
    [InlineData("example.com", "notexample.com", false)]
    [InlineData("*.example.com", "a.b.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "notexample.com", false)]
    [InlineData("*", "whatever.org", true)]
    [InlineData("::1", "[::2]", false)]
    [InlineData("2001:db8::1", "[2001:DB8:0::1]:80", true)]
    [InlineData("10.0.0.1", "10.0.0.1:80", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("example.com", "localhost", true)]
    [InlineData("example.com", "app.localhost:3000", true)]
    [InlineData("example.com", "127.0.0.1", true)]
    [InlineData("example.com", "[::1]", true)]
    [InlineData("example.com", "localhost.evil.org", false)]
    [InlineData("example.com", "notlocalhost", false)]
    public void A_name_is_compared_as_browsers_spell_it_and_this_machines_own_names_are_always_allowed(string rule, string host, bool isAllowed) =>
        Assert.Equal(isAllowed, new HostRules([rule], static () => null).IsAllowed(Request(host)));

    [Theory]
    [InlineData("evil.org", true, "http://127.0.0.1:3000")]
    [InlineData("evil.org", true, "http://localhost:3000", "http://[::1]:3000")]
    [InlineData("evil.org", false, "http://127.0.0.1:3000", "http://0.0.0.0:3000")]
    [InlineData("evil.org", false, "http://[::]:3000")]
    [InlineData("evil.org", false, "http://*:3000")]
    [InlineData("evil.org", true, "http://127.0.0.1:3000", "http://0.0.0.0:4000", "http://unix:/tmp/salon.sock")]
    [InlineData("evil.org", false)]
    public void Without_rules_a_port_that_only_this_machine_reaches_answers_to_its_own_names_and_any_other_to_all(string host, bool isRefused, params string[] addresses)
    {
        var server = new Server(addresses);
        var rules = new HostRules([], () => server);

        Assert.Equal(!isRefused, rules.IsAllowed(Request(host)));
        Assert.Equal(!isRefused, rules.IsAllowed(Request(host)));
        Assert.True(rules.IsAllowed(Request("localhost")));
        Assert.True(rules.IsAllowed(Request("")));
        Assert.True(rules.IsAllowed(Request(host, isUnix: true)));
    }

    [Fact]
    public void What_is_known_of_a_port_is_asked_for_once_and_each_port_is_another()
    {
        var asked = 0;
        var server = new Server("http://127.0.0.1:3000", "http://0.0.0.0:4000");
        var rules = new HostRules([], () =>
        {
            asked++;
            return server;
        });

        for (var i = 0; i < 3; i++)
        {
            Assert.False(rules.IsAllowed(Request("evil.org")));
            Assert.True(rules.IsAllowed(Request("evil.org", port: 4000)));
        }

        Assert.Equal(2, asked);
    }

    private static HttpRequest Request(string host, bool isUnix = false, int port = 3000)
    {
        var context = new DefaultHttpContext();
        context.Request.Host = new HostString(host);
        context.Connection.LocalIpAddress = isUnix ? null : IPAddress.Loopback;
        context.Connection.LocalPort = port;
        return context.Request;
    }

    private sealed class Server : IServer, IServerAddressesFeature
    {
        public Server(params string[] addresses)
        {
            Addresses = [.. addresses];
            Features.Set<IServerAddressesFeature>(this);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public ICollection<string> Addresses { get; }

        public bool PreferHostingUrls { get; set; }

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
