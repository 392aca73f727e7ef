namespace Salon.EngineIO;

/// <summary>What became of a request that was forwarded.</summary>
public enum ForwardStatus
{
    /// <summary>It is answered, or the client is gone.</summary>
    Answered,

    /// <summary>The other server is gone, or has no such session. Nothing was written.</summary>
    UnknownSession,

    /// <summary>The other server could not be reached, or too much is on its way. Nothing was written.</summary>
    Unavailable,
}
