namespace Salon.Redis;

/// <summary>What all failures of Redis and of the way to it have in common.</summary>
public class RedisException : Exception
{
    /// <summary>Creates one.</summary>
    public RedisException(string message)
        : base(message)
    {
    }

    /// <summary>Creates one with its cause.</summary>
    public RedisException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
