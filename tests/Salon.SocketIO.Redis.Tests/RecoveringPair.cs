using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Two servers of one cluster that recover over streams, and have heard of each other.</summary>
internal sealed class RecoveringPair : IAsyncDisposable
{
    private readonly ClusterServer _first;
    private readonly ClusterServer _second;

    private RecoveringPair(RedisServer redis, ClusterServer first, ClusterServer second) => (Redis, _first, _second) = (redis, first, second);

    public RedisServer Redis { get; }

    /// <summary>Starts them.</summary>
    /// <param name="time">Their clock; the machine's by default.</param>
    public static async Task<RecoveringPair> StartAsync(ManualTimeProvider? time = null)
    {
        var redis = await RedisServer.StartAsync();
        var pair = new RecoveringPair(redis, await StartServerAsync(redis, time), await StartServerAsync(redis, time));
        await KnowEachOtherAsync(pair._first, pair._second, time);
        return pair;
    }

    public static Task<ClusterServer> StartServerAsync(RedisServer redis, TimeProvider? time = null) => ClusterServer.StartAsync(
        redis.Url,
        RedisAdapterKind.Streams,
        static options => options.ConnectionStateRecovery = new ConnectionStateRecovery(),

        // Not about leases: nobody is asked to let go of a client by a server that knows no other.
        static options => options.MemberTimeout = TimeSpan.FromMinutes(1),
        time);

    /// <summary>Waits until both read the stream, and nobody is connected.</summary>
    public static async Task KnowEachOtherAsync(ClusterServer first, ClusterServer second, ManualTimeProvider? time = null)
    {
        await ClusterServer.KnowEachOtherAsync([first, second], time);
        await using var near = await Person.ConnectAsync(first.Uri);
        await using var far = await Person.ConnectAsync(second.Uri);
        await EventuallyReachesAsync(first, far, "ready");
        await EventuallyReachesAsync(second, near, "ready too");
        await near.DisposeAsync();
        await far.DisposeAsync();
        await Eventually.Async("nobody is left", () => !first.IO.Sockets.Sockets.ContainsKey(near.Id) && !second.IO.Sockets.Sockets.ContainsKey(far.Id));
    }

    public void Deconstruct(out ClusterServer first, out ClusterServer second) => (first, second) = (_first, _second);

    public async ValueTask DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
        await Redis.DisposeAsync();
    }

    private static Task EventuallyReachesAsync(ClusterServer server, Person person, string name) => Eventually.Async($"{name} arrives", async () =>
    {
        await server.IO.EmitAsync(name);
        return person.Names.Contains(name);
    });
}
