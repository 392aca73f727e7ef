namespace Salon.Redis.Protocol;

internal enum ReadStatus
{
    /// <summary>What there is was taken in, as far as it could be; the rest has not arrived.</summary>
    NeedsMore,

    Complete,

    /// <summary>Not RESP, or beyond a limit. Nothing after it can be read.</summary>
    Invalid,
}
