using Salon.Tests;

namespace Salon.Clients.Tests;

/// <summary>Three servers over one Redis, behind a proxy that sends each request to another one, so that hardly any arrives where its session is.</summary>
public sealed class ScatteredServers : IAsyncLifetime
{
    private readonly List<TestServer> _servers = [];
    private RedisServer? _redis;
    private RoundRobinProxy? _proxy;

    /// <summary>How often clients meet heartbeats; in every scenario by default.</summary>
    public TimeSpan? PingInterval { get; init; }

    public Uri Uri => _proxy!.Uri;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();

        for (var i = 0; i < 3; i++)
        {
            _servers.Add(await ScenarioServer.StartAsync(pingInterval: PingInterval, redis: _redis.Url));
        }

        _proxy = await RoundRobinProxy.StartAsync(_servers.Select(static server => server.Uri));
    }

    public async ValueTask DisposeAsync()
    {
        await (_proxy?.DisposeAsync() ?? default);

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await (_redis?.DisposeAsync() ?? default);
    }
}
