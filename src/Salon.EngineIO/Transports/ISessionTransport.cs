namespace Salon.EngineIO.Transports;

/// <summary>What carries a session at present.</summary>
internal interface ISessionTransport
{
    EngineTransport Kind { get; }

    /// <summary>The session ended: says goodbye where the client can still hear it, and lets go. Called once.</summary>
    void Close(EngineSession session, CloseReason reason);
}
