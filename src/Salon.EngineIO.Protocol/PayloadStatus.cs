namespace Salon.EngineIO.Protocol;

/// <summary>What reading the next packet of a payload found.</summary>
public enum PayloadStatus
{
    /// <summary>A packet was read.</summary>
    Packet,

    /// <summary>The payload is read to its end.</summary>
    End,

    /// <summary>What follows is not a packet; nothing more can be read.</summary>
    Invalid,
}
