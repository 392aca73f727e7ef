namespace Salon.App.Streaming;

/// <summary>Why a reader cannot go on where it was, and begins anew.</summary>
internal enum ResetReason
{
    /// <summary>What it missed is not kept any more.</summary>
    Gap,

    /// <summary>The feed has begun anew since.</summary>
    Epoch,

    /// <summary>It names an event that has not happened yet.</summary>
    Future,

    /// <summary>What it names is no id.</summary>
    Invalid,
}

internal static class ResetReasons
{
    public static string ToText(this ResetReason reason) => reason switch
    {
        ResetReason.Gap => "gap",
        ResetReason.Epoch => "epoch",
        ResetReason.Future => "future",
        ResetReason.Invalid => "invalid",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    /// <summary>What the event <c>reset</c> says.</summary>
    public static ReadOnlySpan<byte> ToData(this ResetReason reason) => reason switch
    {
        ResetReason.Gap => """{"reason":"gap"}"""u8,
        ResetReason.Epoch => """{"reason":"epoch"}"""u8,
        ResetReason.Future => """{"reason":"future"}"""u8,
        ResetReason.Invalid => """{"reason":"invalid"}"""u8,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
