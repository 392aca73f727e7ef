using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>A server and a client for tests that harm neither, each with keys of its own.</summary>
public sealed class SharedRedis : IAsyncLifetime
{
    public RedisServer Server { get; private set; } = null!;

    public RedisClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await RedisServer.StartAsync();
        Client = new RedisClient(RedisOptions.Parse(Server.Url));
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
