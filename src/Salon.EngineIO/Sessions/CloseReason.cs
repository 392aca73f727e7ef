namespace Salon.EngineIO;

/// <summary>Why a session ended. The first reason wins.</summary>
public enum CloseReason
{
    /// <summary>The client broke the transport's rules, or its connection broke: <c>transport error</c>.</summary>
    TransportError,

    /// <summary>The client closed the session or its connection: <c>transport close</c>.</summary>
    TransportClose,

    /// <summary>The client did not answer a ping in time: <c>ping timeout</c>.</summary>
    PingTimeout,

    /// <summary>The client sent something that is not an Engine.IO packet: <c>parse error</c>.</summary>
    ParseError,

    /// <summary>The server closed the session: <c>forced close</c>.</summary>
    ForcedClose,

    /// <summary>The server closed the session before the client belonged anywhere: <c>forced server close</c>.</summary>
    ForcedServerClose,

    /// <summary>The server is stopping: <c>server shutting down</c>.</summary>
    ServerShuttingDown,

    /// <summary>
    /// The client read more slowly than the server sent, until the queue was full (<see cref="EngineIOOptions.MaxSendQueueBytes"/>).
    /// Its text is <c>transport error</c>: clients know no other word for it.
    /// </summary>
    TooSlow,
}
