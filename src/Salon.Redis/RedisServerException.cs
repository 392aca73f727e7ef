namespace Salon.Redis;

/// <summary>Redis answered a command with an error. It has not been carried out.</summary>
/// <param name="error">What the server said: a code and a sentence.</param>
public sealed class RedisServerException(string error) : RedisException(error)
{
    /// <summary>The first word, such as <c>WRONGTYPE</c> or <c>ERR</c>.</summary>
    public string Code { get; } = error.Split(' ', 2)[0];
}
