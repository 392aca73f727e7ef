namespace Salon.EngineIO;

/// <summary>How packets travel between a client and the server.</summary>
[Flags]
public enum EngineTransport
{
    /// <summary>No transport.</summary>
    None = 0,

    /// <summary>HTTP long-polling.</summary>
    Polling = 1,

    /// <summary>WebSocket.</summary>
    WebSocket = 2,
}
