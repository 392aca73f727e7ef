namespace Salon.EngineIO;

/// <summary>Why a request was refused.</summary>
/// <remarks>The values are part of the wire format; never renumber.</remarks>
public enum EngineErrorCode
{
    /// <summary>The transport is missing, not known or switched off.</summary>
    UnknownTransport = 0,

    /// <summary>There is no session with this id (any more).</summary>
    UnknownSessionId = 1,

    /// <summary>A session is opened with GET, and with nothing else.</summary>
    BadHandshakeMethod = 2,

    /// <summary>The request does not fit the session, or makes no sense.</summary>
    BadRequest = 3,

    /// <summary>The request was understood and refused.</summary>
    Forbidden = 4,

    /// <summary>The client speaks another version of Engine.IO.</summary>
    UnsupportedProtocolVersion = 5,
}
