using System.Security.Cryptography;
using System.Text;

namespace Salon.Redis;

/// <summary>A Lua script, known to Redis by its hash. It never changes; make it once and keep it.</summary>
public sealed class RedisScript
{
    /// <summary>Creates one.</summary>
    /// <param name="source">The script. Its keys are in <c>KEYS</c>, its other arguments in <c>ARGV</c>.</param>
    public RedisScript(string source)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        Source = source;
        Hash = HashOf(source);
    }

    /// <summary>The script.</summary>
    public string Source { get; }

    /// <summary>Its SHA-1 in hexadecimal digits.</summary>
    public string Hash { get; }

    // The hash is a name that Redis gives, and protects nothing.
#pragma warning disable CA5350
    private static string HashOf(string source) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(source)));
#pragma warning restore CA5350
}
