using Salon.Redis;

namespace Salon.SocketIO.Redis;

/// <summary>The client of the adapters, which the app may have replaced for its own use.</summary>
internal sealed record RedisConnection(RedisClient Client);
