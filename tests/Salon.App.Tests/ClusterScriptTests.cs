using System.Net;
using System.Net.Sockets;

namespace Salon.App.Tests;

/// <summary>scripts/cluster.sh starts what is not running, says what is, and stops everything.</summary>
public class ClusterScriptTests
{
    [Fact]
    public async Task It_starts_what_is_not_running_and_stops_everything()
    {
        Cluster.Require();
        await using var cluster = new Cluster(nodes: 2);
        using var http = new HttpClient();

        var started = await cluster.RunAsync("start", "2");
        Assert.Equal($"Salon is ready: http://localhost:{cluster.Web.Port}/chat", started[^1]);
        Assert.Equal(started, await cluster.RunAsync("start", "2"));
        Assert.All(await cluster.RunAsync("status"), static line => Assert.Contains("ready, process", line));

        await using (var alice = await ChatClient.ConnectAsync(cluster.Web, "websocket", "Alice"))
        {
            await alice.JoinAsync("general");
            await alice.SayAsync("general", "before");
        }

        await cluster.KillAsync("node-1");
        Assert.Contains("stopped", (await cluster.FailAsync("status")).Split('\n').Single(static line => line.StartsWith("node-1 ", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(cluster.Web, "/healthz/ready"))).StatusCode);
        Assert.NotEqual(started, await cluster.RunAsync("start", "2"));

        await cluster.RunAsync("stop");
        Assert.All((await cluster.FailAsync("status")).Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => Assert.EndsWith("stopped", line));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(cluster.Web));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(cluster.Nodes[1]));

        await cluster.RunAsync("start", "1");
        await using var bob = await ChatClient.ConnectAsync(cluster.Nodes[0], "websocket", "Bob");
        Assert.Equal("before", (await bob.JoinAsync("general")).GetProperty("messages")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        Cluster.Require();
        await using var cluster = new Cluster(nodes: 1);
        using var other = new TcpListener(IPAddress.Loopback, cluster.RedisPort);
        other.Start();

        var said = await cluster.FailAsync("start");

        Assert.Equal($"Port {cluster.RedisPort}, which is for redis, is in use by another program. Choose another with SALON_REDIS_PORT.", said.Trim());
    }

    [Fact]
    public async Task What_is_missing_is_named_with_the_way_to_install_it()
    {
        Cluster.Require();
        await using var cluster = new Cluster(nodes: 1);
        using var programs = new TemporaryDirectory();

        foreach (var program in new[] { "bash", "cat", "dirname", "id", "ls", "sort", "tail" })
        {
            File.CreateSymbolicLink(Path.Combine(programs.Path, program), $"/usr/bin/{program}");
        }

        var said = await cluster.FailAsync("start", ("PATH", programs.Path));

        Assert.Equal("Missing: redis-server. Install: apt-get install redis-server", said.Trim());
    }

    [Fact]
    public async Task Whoever_asks_for_something_else_is_told_what_there_is()
    {
        await using var cluster = new Cluster(nodes: 1);

        Assert.Contains("start [nodes] | status | stop", await cluster.FailAsync("restart"));
    }
}
