namespace Salon.Redis.Connections;

/// <summary>Why no connection could be made.</summary>
internal enum ConnectFailure
{
    /// <summary>Nobody listens, the name is not known, the network is down, TLS does not come about.</summary>
    Unreachable,

    /// <summary>The server is there, but not ready: it loads its data, or has no master.</summary>
    NotReady,

    /// <summary>The server wants another name or password, or does not allow what the options ask for.</summary>
    Refused,

    /// <summary>The server does not speak RESP3.</summary>
    Unsupported,
}
