using Salon.EngineIO;

namespace Salon.SocketIO;

/// <summary>The answers to every question that is asked of a <see cref="DisconnectReason"/>.</summary>
public static class DisconnectReasonExtensions
{
    /// <summary>The reason as Socket.IO spells it in every language, for example <c>client namespace disconnect</c>.</summary>
    public static string ToText(this DisconnectReason reason) => reason switch
    {
        DisconnectReason.TransportError => "transport error",
        DisconnectReason.TransportClose => "transport close",
        DisconnectReason.PingTimeout => "ping timeout",
        DisconnectReason.ParseError => "parse error",
        DisconnectReason.ForcedClose => "forced close",
        DisconnectReason.ForcedServerClose => "forced server close",
        DisconnectReason.ServerShuttingDown => "server shutting down",
        DisconnectReason.ClientNamespaceDisconnect => "client namespace disconnect",
        DisconnectReason.ServerNamespaceDisconnect => "server namespace disconnect",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    /// <summary>
    /// Whether what the client sent before is still handled. It is, unless the server itself sent the client away:
    /// somebody who writes a line and closes the window has written it.
    /// </summary>
    internal static bool KeepsInbox(this DisconnectReason reason) => reason != DisconnectReason.ServerNamespaceDisconnect;

    /// <summary>Whether a client may come back and find its state: nobody sent it away, it did not leave, and it did not send nonsense.</summary>
    internal static bool IsRecoverable(this DisconnectReason reason) => reason is not (
        DisconnectReason.ClientNamespaceDisconnect
        or DisconnectReason.ServerNamespaceDisconnect
        or DisconnectReason.ParseError);

    internal static DisconnectReason ToDisconnectReason(this CloseReason reason) => reason switch
    {
        CloseReason.TransportError or CloseReason.TooSlow => DisconnectReason.TransportError,
        CloseReason.TransportClose => DisconnectReason.TransportClose,
        CloseReason.PingTimeout => DisconnectReason.PingTimeout,
        CloseReason.ParseError => DisconnectReason.ParseError,
        CloseReason.ForcedClose => DisconnectReason.ForcedClose,
        CloseReason.ForcedServerClose => DisconnectReason.ForcedServerClose,
        CloseReason.ServerShuttingDown => DisconnectReason.ServerShuttingDown,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
