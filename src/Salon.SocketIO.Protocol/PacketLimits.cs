namespace Salon.SocketIO.Protocol;

/// <summary>How large the packets of one connection may be. What is larger is <see cref="DecodeStatus.Invalid"/>. Immutable.</summary>
public sealed record PacketLimits
{
    /// <summary>What a program's own packets may be, whose messages came from nobody else.</summary>
    public static PacketLimits None { get; } = new()
    {
        MaxAttachments = int.MaxValue,
        MaxAttachmentBytes = long.MaxValue,
        MaxNamespaceBytes = int.MaxValue,
        MaxArguments = int.MaxValue,
    };

    /// <summary>How many attachments a packet may have. The default is 10, what the reference allows.</summary>
    public int MaxAttachments { get; init; } = 10;

    /// <summary>How many bytes the attachments of a packet may have together. The default is 1 000 000.</summary>
    public long MaxAttachmentBytes { get; init; } = 1_000_000;

    /// <summary>How many bytes the name of a namespace may have. The default is 200.</summary>
    public int MaxNamespaceBytes { get; init; } = 200;

    /// <summary>
    /// How many arguments an event or an ack with attachments may have, the event's name among them: while the attachments come, each costs
    /// several times its bytes. The default is 10 000.
    /// </summary>
    public int MaxArguments { get; init; } = 10_000;
}
