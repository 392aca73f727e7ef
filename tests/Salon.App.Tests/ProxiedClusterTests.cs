using System.Net;
using System.Text.Json;

namespace Salon.App.Tests;

/// <summary>Nodes behind proxies: who polls stays on a node, WebSockets pass, and what is stored is everywhere.</summary>
public class ProxiedClusterTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Each_node_is_ready_and_so_are_the_proxies()
    {
        using var http = new HttpClient();

        foreach (var address in new[] { await cluster.GetProxyAsync("nginx"), await cluster.GetProxyAsync("haproxy") }.Concat(await cluster.GetNodesAsync()))
        {
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(address, "/healthz/ready"))).StatusCode);
        }
    }

    [Theory]
    [InlineData("nginx", "polling")]
    [InlineData("nginx", "websocket")]
    [InlineData("haproxy", "polling")]
    [InlineData("haproxy", "websocket")]
    public async Task Clients_that_keep_no_cookies_stay_on_a_node(string proxy, string transport)
    {
        var address = await cluster.GetProxyAsync(proxy);
        var room = $"{proxy} {transport}";
        var clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => ChatClient.ConnectAsync(address, transport, $"Person {i}")));

        foreach (var client in clients)
        {
            await client.JoinAsync(room);
            await client.SayAsync(room, "hello");
        }

        // All came from this machine, so they are on one node and hear each other.
        await clients[0].WaitForAsync("message", clients.Length);

        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task Browsers_are_spread_over_the_nodes_and_each_stays_on_one(string proxy)
    {
        var address = await cluster.GetProxyAsync(proxy);
        var nodes = new HashSet<string>();

        // nginx decides by a random number: so many browsers are on one node once in three billion times.
        for (var i = 0; i < 21; i++)
        {
            using var handler = new SocketsHttpHandler();
            using var browser = new HttpClient(handler) { BaseAddress = address };
            using var page = await browser.GetAsync("/chat");
            Assert.Contains("salon_route=", Assert.Single(page.Headers.GetValues("Set-Cookie")));

            var node = await GetNodeAsync(browser);
            nodes.Add(node);

            for (var request = 0; request < 3; request++)
            {
                Assert.Equal(node, await GetNodeAsync(browser));
            }

            var handshake = await browser.GetStringAsync("/socket.io/?EIO=4&transport=polling");
            var sid = JsonDocument.Parse(handshake[1..]).RootElement.GetProperty("sid").GetString();
            using var joining = await browser.PostAsync($"/socket.io/?EIO=4&transport=polling&sid={sid}", new StringContent("40/chat,{\"username\":\"Alice\"}"));
            Assert.Equal("ok", await joining.Content.ReadAsStringAsync());
            Assert.StartsWith("40/chat,", await browser.GetStringAsync($"/socket.io/?EIO=4&transport=polling&sid={sid}"));
        }

        Assert.True(nodes.Count > 1, $"All are on {string.Join(", ", nodes)}.");
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task Pages_of_the_proxy_may_connect_and_those_of_others_may_not(string proxy)
    {
        var address = await cluster.GetProxyAsync(proxy);
        using var http = new HttpClient { BaseAddress = address };

        Assert.Equal(HttpStatusCode.OK, await ConnectAsync(http, address.GetLeftPart(UriPartial.Authority)));
        Assert.Equal(HttpStatusCode.Forbidden, await ConnectAsync(http, "http://127.0.0.1"));
        Assert.Equal(HttpStatusCode.Forbidden, await ConnectAsync(http, "http://elsewhere.example"));
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task What_is_cached_sets_no_cookie(string proxy)
    {
        using var http = new HttpClient { BaseAddress = await cluster.GetProxyAsync(proxy) };
        var page = await http.GetStringAsync("/chat");
        var script = page.Split("src=\"")[1].Split('"')[0];

        using var first = await http.GetAsync(script);

        Assert.True(first.IsSuccessStatusCode, script);
        Assert.False(first.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Who_comes_over_a_proxy_talks_with_who_is_on_another_node()
    {
        var nodes = await cluster.GetNodesAsync();
        await using var alice = await ChatClient.ConnectAsync(nodes[0], "websocket", "Alice");
        await using var bob = await ChatClient.ConnectAsync(nodes[1], "polling", "Bob");
        await using var chloe = await ChatClient.ConnectAsync(await cluster.GetProxyAsync("nginx"), "polling", "Chloé");
        await using var dave = await ChatClient.ConnectAsync(await cluster.GetProxyAsync("haproxy"), "websocket", "Dave");
        ChatClient[] everybody = [alice, bob, chloe, dave];

        foreach (var person in everybody)
        {
            await person.JoinAsync("shared");
        }

        foreach (var person in everybody)
        {
            await person.SayAsync("shared", "hello");
        }

        foreach (var person in everybody)
        {
            Assert.Equal(["1", "2", "3", "4"], (await person.WaitForAsync("message", everybody.Length)).Select(static message => message["seq"]));
        }
    }

    private static async Task<string> GetNodeAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/status") { Headers = { { "Authorization", $"Bearer {Cluster.StatusToken}" } } };
        using var response = await http.SendAsync(request);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("node").GetString()!;
    }

    private static async Task<HttpStatusCode> ConnectAsync(HttpClient http, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/socket.io/?EIO=4&transport=polling") { Headers = { { "Origin", origin } } };
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }
}
