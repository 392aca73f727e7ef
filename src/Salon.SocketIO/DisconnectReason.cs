namespace Salon.SocketIO;

/// <summary>Why a socket is no longer connected. <see cref="DisconnectReasonExtensions.ToText"/> gives the text that Socket.IO uses everywhere.</summary>
public enum DisconnectReason
{
    /// <summary>The client broke the transport's rules or read too slowly: <c>transport error</c>.</summary>
    TransportError,

    /// <summary>The client closed its connection, or it was lost: <c>transport close</c>.</summary>
    TransportClose,

    /// <summary>The client did not answer a ping in time: <c>ping timeout</c>.</summary>
    PingTimeout,

    /// <summary>The client sent something that is not an Engine.IO packet: <c>parse error</c>.</summary>
    ParseError,

    /// <summary>The client broke the Socket.IO protocol, or the server closed the session: <c>forced close</c>.</summary>
    ForcedClose,

    /// <summary>The server closed the session before the client joined a namespace: <c>forced server close</c>.</summary>
    ForcedServerClose,

    /// <summary>The server is stopping: <c>server shutting down</c>.</summary>
    ServerShuttingDown,

    /// <summary>The client left the namespace: <c>client namespace disconnect</c>.</summary>
    ClientNamespaceDisconnect,

    /// <summary>The server made the client leave the namespace: <c>server namespace disconnect</c>.</summary>
    ServerNamespaceDisconnect,
}
