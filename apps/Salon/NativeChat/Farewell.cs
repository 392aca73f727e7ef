using System.Net.WebSockets;

namespace Salon.App.NativeChat;

/// <summary>Why a connection ends, as the close frame says it. Codes from 4000 on are the application's own (RFC 6455, section 7.4.2).</summary>
internal sealed record Farewell(WebSocketCloseStatus Status, string Reason)
{
    public static readonly Farewell Bye = new(WebSocketCloseStatus.NormalClosure, "Bye.");

    public static readonly Farewell Stopping = new(WebSocketCloseStatus.EndpointUnavailable, "The server stops. Come back in a moment.");

    public static readonly Farewell Binary = new(WebSocketCloseStatus.InvalidMessageType, "Frames are JSON text, never binary.");

    public static readonly Farewell TooBig = new(WebSocketCloseStatus.MessageTooBig, $"A frame has at most {NativeChatLimits.FrameBytes} bytes.");

    public static readonly Farewell TooManyErrors = new(WebSocketCloseStatus.PolicyViolation, "Too many frames were refused.");

    public static readonly Farewell NoName = new(WebSocketCloseStatus.PolicyViolation, "No name in time.");

    // 1013, "try again later", has no name in .NET.
    public static readonly Farewell TooSlow = new((WebSocketCloseStatus)1013, "Too slow: more is said than you read.");

    /// <summary>The same client has come again. The one that is closed stays away.</summary>
    public static readonly Farewell Replaced = new((WebSocketCloseStatus)4001, "Continued on another connection.");

    /// <summary>Somebody took the name on another node in the same moment, and keeps it.</summary>
    public static readonly Farewell NameTaken = new((WebSocketCloseStatus)4002, "Somebody else has this name.");
}
