namespace Salon.Redis;

/// <summary>
/// More waits to be sent than <see cref="RedisOptions.MaxQueuedBytes"/>, because Redis is away or slower than its callers. The command was
/// not sent.
/// </summary>
/// <param name="message">What is full.</param>
public sealed class RedisBusyException(string message) : RedisException(message);
