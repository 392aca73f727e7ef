namespace Salon.Redis.Protocol;

/// <summary>What a reply may be at most; what is larger is no reply, but an error of the protocol.</summary>
/// <param name="MaxBytes">All strings of a reply together.</param>
internal readonly record struct RespLimits(long MaxBytes)
{
    /// <summary>Replies in replies. Redis itself stays below ten; scripts may go deeper.</summary>
    public const int MaxDepth = 64;

    /// <summary>Values of a reply, in all its depths.</summary>
    public const int MaxElements = 1 << 24;

    /// <summary>A line: statuses, errors, numbers, lengths.</summary>
    public const int MaxLine = 32 * 1024;
}
