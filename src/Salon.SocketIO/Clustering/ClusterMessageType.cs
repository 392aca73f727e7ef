namespace Salon.SocketIO.Clustering;

/// <summary>What the servers of a cluster tell each other. The numbers are those of the reference's cluster adapters.</summary>
public enum ClusterMessageType
{
    /// <summary>Deliver an event; with a <see cref="ClusterMessage.RequestId"/>, and tell what the clients answer.</summary>
    Broadcast = 3,

    /// <summary>Put sockets into rooms.</summary>
    SocketsJoin = 4,

    /// <summary>Take sockets out of rooms.</summary>
    SocketsLeave = 5,

    /// <summary>Disconnect sockets.</summary>
    DisconnectSockets = 6,

    /// <summary>Tell which sockets there are.</summary>
    FetchSockets = 7,

    /// <summary>The sockets that there are.</summary>
    FetchSocketsResponse = 8,

    /// <summary>Give an event to the program; with a <see cref="ClusterMessage.RequestId"/>, and tell its answer.</summary>
    ServerSideEmit = 9,

    /// <summary>What the program answers.</summary>
    ServerSideEmitResponse = 10,

    /// <summary>How many clients were asked.</summary>
    BroadcastClientCount = 11,

    /// <summary>What one client answers.</summary>
    BroadcastAck = 12,
}
