namespace Salon.EngineIO.Transports;

/// <summary>Why a poll stops waiting.</summary>
internal enum PollEnd
{
    /// <summary>There is something to send.</summary>
    Data,

    /// <summary>The client shall come back, or move on to its WebSocket.</summary>
    Noop,

    /// <summary>The session has moved to a WebSocket.</summary>
    Upgraded,

    /// <summary>The client gave up the request.</summary>
    Aborted,
}
