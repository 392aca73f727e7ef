using System.Net;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Three servers over one Redis that know each other, behind a proxy that spreads requests over them as they come.</summary>
internal sealed class ClusterTrio : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(40) };
    private readonly List<ClusterServer> _servers = [];

    private ClusterTrio(RedisServer redis) => Redis = redis;

    public RedisServer Redis { get; }

    public IReadOnlyList<ClusterServer> Servers => _servers;

    public RoundRobinProxy Proxy { get; private set; } = null!;

    public static async Task<ClusterTrio> StartAsync(
        RedisAdapterKind kind = RedisAdapterKind.Classic,
        Action<SocketIOOptions>? configure = null,
        Action<RedisAdapterOptions>? configureRedis = null)
    {
        var trio = new ClusterTrio(await RedisServer.StartAsync());

        for (var i = 0; i < 3; i++)
        {
            trio._servers.Add(await ClusterServer.StartAsync(trio.Redis.Url, kind, configure, configureRedis));
        }

        await ClusterServer.KnowEachOtherAsync(trio.Servers);
        trio.Proxy = await RoundRobinProxy.StartAsync(trio._servers.Select(static server => server.Uri));
        return trio;
    }

    /// <summary>What a server has had to do with requests that arrived at the wrong one.</summary>
    public ForwardedRequests Forwarded(int server) => (ForwardedRequests)_servers[server].Services.GetService(typeof(ForwardedRequests))!;

    /// <summary>Opens a session of polling on the first server, which has joined a namespace, and says where its requests go on another.</summary>
    public async Task<ForeignSession> OpenAsync(int owner = 0, int elsewhere = 1)
    {
        var client = await RawPollingClient.OpenAsync(_servers[owner].Uri, "/socket.io/");
        await client.SendAsync("40");
        Assert.StartsWith("40{", await client.ReceiveAsync());
        return new ForeignSession(client, _http, new Uri(_servers[elsewhere].Uri, client.Url));
    }

    /// <summary>Sends a request to a server.</summary>
    public Task<HttpResponseMessage> SendAsync(int server, HttpMethod method, string sessionId, string? body = null) =>
        _http.SendAsync(new HttpRequestMessage(method, new Uri(_servers[server].Uri, $"/socket.io/?EIO=4&transport=polling&sid={sessionId}"))
        {
            Content = body is null ? null : new StringContent(body),
        });

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Proxy.DisposeAsync();

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await Redis.DisposeAsync();
    }

    public static async Task AssertUnknownAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("""{"code":1,"message":"Session ID unknown"}""", await response.Content.ReadAsStringAsync());
    }
}
