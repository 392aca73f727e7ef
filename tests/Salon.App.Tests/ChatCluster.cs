using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>Processes of the app over one Redis and one PostgreSQL. Disposing it kills them.</summary>
internal sealed class ChatCluster : IAsyncDisposable
{
    private readonly ServerProcess?[] _nodes;
    private readonly Uri[] _addresses;
    private readonly (string Name, string Value)[] _settings;

    private ChatCluster(TestStorage storage, RedisServer redis, int nodes, (string Name, string Value)[] settings)
    {
        (Storage, Redis, _settings) = (storage, redis, settings);
        _nodes = new ServerProcess?[nodes];
        _addresses = new Uri[nodes];
    }

    public TestStorage Storage { get; }

    public RedisServer Redis { get; }

    public static async Task<ChatCluster> StartAsync(DatabaseFixture databases, int nodes, params (string Name, string Value)[] settings)
    {
        var cluster = new ChatCluster(await databases.CreateAsync("postgres"), await RedisServer.StartAsync(), nodes, settings);

        // One after the other: together they would keep each other from starting in time.
        for (var i = 0; i < nodes; i++)
        {
            await cluster.StartAsync(i);
        }

        await Eventually.Async("all nodes know each other", async () =>
        {
            var states = await Task.WhenAll(Enumerable.Range(0, nodes).Select(cluster.GetStatusAsync));
            return states.All(state => state.GetProperty("cluster").GetProperty("nodes").GetInt32() == nodes);
        });
        return cluster;
    }

    /// <summary>Starts a node, perhaps again.</summary>
    public async Task StartAsync(int node)
    {
        var process = AppProcess.Start([.. Storage.Settings, ("REDIS_URL", Redis.Url), ("NODE_ID", $"node-{node + 1}"), .. _settings]);
        _nodes[node] = process;
        _addresses[node] = await process.ListeningAsync();
    }

    /// <summary>Ends a node as <c>kill -9</c> does.</summary>
    public void Kill(int node)
    {
        _nodes[node]?.Dispose();
        _nodes[node] = null;
    }

    /// <summary>How many nodes it has, those included that were killed.</summary>
    public int Nodes => _nodes.Length;

    public Uri AddressOf(int node) => _addresses[node];

    public IReadOnlyList<string> OutputOf(int node) => _nodes[node]!.Output;

    public async Task<ChatClient> JoinAsync(int node, string transport, string username, string room)
    {
        var client = await ChatClient.ConnectAsync(_addresses[node], transport, username);
        await client.JoinAsync(room);
        return client;
    }

    public async Task<JsonElement> GetStatusAsync(int node)
    {
        using var http = new HttpClient { Timeout = Eventually.Patience };
        return JsonDocument.Parse(await http.GetStringAsync(new Uri(_addresses[node], "/status"))).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < _nodes.Length; i++)
        {
            Kill(i);
        }

        await Redis.DisposeAsync();
        Storage.Dispose();
    }
}
