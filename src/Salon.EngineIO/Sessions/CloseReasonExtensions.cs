namespace Salon.EngineIO;

/// <summary>The answers to every question that is asked of a <see cref="CloseReason"/>.</summary>
public static class CloseReasonExtensions
{
    /// <summary>The reason as Socket.IO spells it in every language, for example <c>ping timeout</c>.</summary>
    public static string ToText(this CloseReason reason) => reason switch
    {
        CloseReason.TransportError => "transport error",
        CloseReason.TransportClose => "transport close",
        CloseReason.PingTimeout => "ping timeout",
        CloseReason.ParseError => "parse error",
        CloseReason.ForcedClose => "forced close",
        CloseReason.ForcedServerClose => "forced server close",
        CloseReason.ServerShuttingDown => "server shutting down",
        CloseReason.TooSlow => "transport error",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    /// <summary>The status that a WebSocket is closed with (RFC 6455, section 7.4.1).</summary>
    internal static WebSockets.CloseStatus ToCloseStatus(this CloseReason reason) => reason switch
    {
        CloseReason.ServerShuttingDown => WebSockets.CloseStatus.GoingAway,
        CloseReason.TransportError or CloseReason.ParseError => WebSockets.CloseStatus.ProtocolError,
        CloseReason.TooSlow => WebSockets.CloseStatus.PolicyViolation,
        _ => WebSockets.CloseStatus.Normal,
    };

    /// <summary>
    /// How long a client that polls may take to learn of the end from its next poll; <see langword="null"/> when it broke the session or is
    /// gone, so that a later poll is told that the session is unknown. The poll of a client that leaves may be on another connection, and
    /// be overtaken by its own goodbye.
    /// </summary>
    internal static TimeSpan? WaitForNextPoll(this CloseReason reason) => reason switch
    {
        CloseReason.ForcedClose or CloseReason.ForcedServerClose => TimeSpan.FromSeconds(30),
        CloseReason.TransportClose => TimeSpan.FromSeconds(1),
        _ => null,
    };

    /// <summary>Whether what is queued is still sent.</summary>
    internal static bool FlushesQueue(this CloseReason reason) => reason is not (CloseReason.TooSlow or CloseReason.PingTimeout);

    /// <summary>The value of the metric tag <c>reason</c>.</summary>
    internal static string ToMetricTag(this CloseReason reason) => reason is CloseReason.TooSlow ? "too slow" : reason.ToText();
}
