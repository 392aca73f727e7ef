namespace Salon.Redis;

/// <summary>
/// The connection was lost while the command was on its way: it may or may not have been carried out. It is never sent again by the client.
/// </summary>
public sealed class RedisConnectionException : RedisException
{
    /// <summary>Creates one.</summary>
    public RedisConnectionException(string message)
        : base(message)
    {
    }

    /// <summary>Creates one with its cause.</summary>
    public RedisConnectionException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
