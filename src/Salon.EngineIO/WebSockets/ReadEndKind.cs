namespace Salon.EngineIO.WebSockets;

internal enum ReadEndKind
{
    /// <summary>The connection ended without a close frame.</summary>
    Lost,

    /// <summary>The client sent a close frame.</summary>
    Closed,

    /// <summary>The client broke RFC 6455, or a limit.</summary>
    Violation,
}
