using System.Text.Json.Serialization;

namespace Salon.SocketIO.Connections;

/// <summary>What the packet CONNECT tells a client.</summary>
/// <param name="Id">The socket's id.</param>
/// <param name="PrivateId">The secret by which it is recognised when it comes back, if it can.</param>
internal sealed record ConnectReply(
    [property: JsonPropertyName("sid")] string Id,
    [property: JsonPropertyName("pid"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PrivateId);

/// <summary>What the packet CONNECT_ERROR tells a client.</summary>
internal sealed record ConnectErrorReply(
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("data"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] object? Data);

/// <summary>The data of a CONNECT_ERROR for what is too large or too many.</summary>
internal sealed record RefusalReply([property: JsonPropertyName("code")] string Code);

/// <summary>The data of a CONNECT_ERROR for who tries too often.</summary>
internal sealed record RateLimitedReply(
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("retryAfter")] double RetryAfter);
