namespace Salon.EngineIO;

/// <summary>What became of a message that was given to a session.</summary>
public enum SendResult
{
    /// <summary>It is queued; the transport sends it as soon as it can.</summary>
    Queued,

    /// <summary>It was volatile and the transport was not ready, so it is gone.</summary>
    Dropped,

    /// <summary>The session is closed, or was closed now because its queue was full.</summary>
    Closed,
}
