namespace Salon.SocketIO.Protocol;

/// <summary>What a decoder made of the last message.</summary>
public enum DecodeStatus
{
    /// <summary>A packet is complete.</summary>
    Complete,

    /// <summary>The packet's attachments are still to come.</summary>
    NeedsAttachment,

    /// <summary>The message breaks the protocol; the connection must be closed.</summary>
    Invalid,
}
