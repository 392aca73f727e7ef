using Microsoft.AspNetCore.Http;

namespace Salon.EngineIO;

/// <summary>The answers to every question that is asked of an <see cref="EngineErrorCode"/>.</summary>
public static class EngineErrorCodeExtensions
{
    /// <summary>The message that clients know the error by.</summary>
    public static string ToMessage(this EngineErrorCode code) => code switch
    {
        EngineErrorCode.UnknownTransport => "Transport unknown",
        EngineErrorCode.UnknownSessionId => "Session ID unknown",
        EngineErrorCode.BadHandshakeMethod => "Bad handshake method",
        EngineErrorCode.BadRequest => "Bad request",
        EngineErrorCode.Forbidden => "Forbidden",
        EngineErrorCode.UnsupportedProtocolVersion => "Unsupported protocol version",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, null),
    };

    /// <summary>The HTTP status of the response.</summary>
    internal static int ToStatusCode(this EngineErrorCode code) =>
        code == EngineErrorCode.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest;
}
