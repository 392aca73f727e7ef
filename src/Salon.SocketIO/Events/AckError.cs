using System.Text.Json.Serialization;

namespace Salon.SocketIO;

/// <summary>The answer to an event that was refused. The names are part of the contract with clients, whatever the naming policy.</summary>
internal sealed record AckError(
    [property: JsonPropertyName("ok")] bool Ok,
    [property: JsonPropertyName("error")] AckErrorDetail Error);

internal sealed record AckErrorDetail(
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("retryAfter"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? RetryAfter);
